import { fileURLToPath } from 'node:url';
import { Router } from 'express';

export interface ApiDocsRoutesOptions {
  readonly publicUrl: string;
  readonly issuerUrl: string;
}

const STYLE = fileURLToPath(new URL('style.css', import.meta.url));

/** `/api/openapi.json`, and a page that shows it at `/api/docs` (docs/decisions/0052). */
export function createApiDocsRoutes(options: ApiDocsRoutesOptions): Router {
  const router = Router();
  let loaded: ReturnType<typeof load> | undefined;

  /** Loaded at the first request: the document takes memory, and few ask for it. */
  const read = () => {
    loaded ??= load(options);
    return loaded;
  };
  router.get('/openapi.json', async (_req, res) => {
    res.json((await read()).openApiDocument);
  });
  // A relative redirect stays on this host. One of Express would repeat the host of the request line.
  router.get('/docs', async (req, res) => {
    if (req.path.endsWith('/')) {
      res.type('html').send((await read()).page);
    } else {
      res.redirect(301, 'docs/');
    }
  });
  // No ranges: an impossible one would be an error, and the file is small.
  router.get('/docs/style.css', (_req, res) => res.sendFile(STYLE, { acceptRanges: false }));

  return router;
}

async function load(options: ApiDocsRoutesOptions) {
  const [{ createOpenApiDocument }, { renderPage }] = await Promise.all([
    import('./document.ts'),
    import('./render-page.ts'),
  ]);
  const openApiDocument = createOpenApiDocument(options);
  // The page reads the document as any client does: as JSON.
  return { openApiDocument, page: renderPage(JSON.parse(JSON.stringify(openApiDocument))) };
}
