/** Whether `value` is an object with named members: not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value that `path` leads to through nested objects, or undefined where the way ends early. */
export function valueAt(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const name of path) {
    if (!isRecord(found)) {
      return undefined;
    }
    found = found[name];
  }
  return found;
}

/** Like `valueAt`, for a text that is not empty. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** Parses JSON from outside; undefined where it is none. Some programs of Windows begin it with a BOM. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
