/** The query of an address with these parameters changed. An empty value removes its parameter; others stay. */
export function changeQuery(
  query: URLSearchParams,
  changes: Readonly<Record<string, string>>,
): URLSearchParams {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') {
      changed.delete(name);
    } else {
      changed.set(name, value);
    }
  }
  return changed;
}
