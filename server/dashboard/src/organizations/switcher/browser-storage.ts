/** What this browser remembers under `key`; `undefined` for nothing, or where the browser forbids storage. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers `value` in this browser, or forgets it. Where storage is forbidden or full, it lasts as long as the page. */
export function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, value);
    }
  } catch {
    // Nothing of the page depends on it.
  }
}
