/** Writes the query of a URL in ASCII. */
export type QueryEncoder = (query: string) => string;

/** The special-query percent-encode set of the URL Standard, without what is always encoded. */
const ENCODED_ASCII = ' "#\'<>';

/**
 * How browsers write the queries of a page's links: in the page's charset, with `&#1234;` for characters that it does
 * not have. `null` for UTF-8 and UTF-16, where queries are UTF-8. The tables of charsets are only loaded for pages
 * that need them.
 */
export async function loadQueryEncoder(charset: string): Promise<QueryEncoder | null> {
  if (/^(utf-?8|utf-?16([lb]e)?)$/i.test(charset)) {
    return null;
  }
  const { normalizeEncoding } = await import('@exodus/bytes/encoding.js');
  const name = normalizeEncoding(charset);
  if (name === null || name === 'replacement') {
    return null;
  }
  const { percentEncodeAfterEncoding } = await import('@exodus/bytes/whatwg.js');
  return (query) => percentEncodeAfterEncoding(name, query, ENCODED_ASCII);
}
