/** Whether `value` is an object with named members: not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value at `path` in nested objects, or undefined if the path does not exist. */
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

/** Like `valueAt`, for a non-empty text. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** Parses JSON from outside; returns undefined if it is not valid. Some Windows programs put a BOM before it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
