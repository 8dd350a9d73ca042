/**
 * Lists what an Express router or app serves, routers inside it included: `GET /api/apps/:app` for a route, and
 * `USE /assets serveStatic` for a handler that is mounted at a path. Error handlers are left out.
 */
export function listRoutes(router: unknown): string[] {
  return listRouter(router, '');
}

/** What Express keeps of a call of `use`, `get` and so on. Its types leave most of it out. */
interface Layer {
  readonly name: string;
  readonly handle: (...args: never[]) => unknown;
  /** The path as it was given. */
  readonly rawPath: unknown;
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
}

function listRouter(router: unknown, base: string): string[] {
  return readStack(router).flatMap((layer) => {
    const { route, handle, name } = layer;
    if (route) {
      return join(base, route.path).flatMap((path) =>
        Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
    }
    if (isRouter(handle)) {
      return join(base, layer.rawPath).flatMap((path) => listRouter(handle, path === '/' ? '' : path));
    }
    const isErrorHandler = handle.length === 4;
    return isErrorHandler ? [] : join(base, layer.rawPath).map((path) => `USE ${path} ${name}`);
  });
}

function isRouter(handle: object): boolean {
  return 'stack' in handle;
}

function readStack(router: unknown): readonly Layer[] {
  const layers: unknown = Object(router).stack;
  if (!Array.isArray(layers) || !layers.every(isLayer)) {
    throw new TypeError('This is no router as Express makes them: the routes cannot be listed.');
  }
  return layers;
}

function isLayer(layer: object): layer is Layer {
  return 'handle' in layer && 'rawPath' in layer && typeof layer.handle === 'function';
}

/** The full paths of what is mounted at `path`, or at each of several, below `base`. */
function join(base: string, path: unknown): string[] {
  return [path].flat().map((each) => {
    if (typeof each !== 'string') {
      throw new TypeError(`The path ${String(each)} is no text: the routes below it cannot be listed.`);
    }
    return each === '/' ? base || '/' : base + each;
  });
}
