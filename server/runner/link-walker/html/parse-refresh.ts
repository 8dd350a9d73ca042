/** The time, what separates it, and the beginning of the URL: `url=` may be left out. */
const REFRESH = /^[\t\n\f\r ]*(?:\d+(?:\.[\d.]*)?|\.[\d.]*)(?=[\t\n\f\r ;,]|$)[\t\n\f\r ]*[;,]?[\t\n\f\r ]*/;
const URL_PREFIX = /^url[\t\n\f\r ]*=[\t\n\f\r ]*/i;

/**
 * The URL of a `<meta http-equiv=refresh>` or of a `Refresh` header, as written, by the "shared declarative refresh
 * steps" of the HTML standard; `null` when it has none or is not valid, so that nothing else is opened.
 */
export function parseRefresh(content: string): string | null {
  const beginning = REFRESH.exec(content)?.[0];
  const rest = beginning === undefined ? '' : content.slice(beginning.length);
  if (rest === '') {
    return null;
  }
  const target = rest.replace(URL_PREFIX, '');
  const quote = target[0];
  if (quote !== '"' && quote !== "'") {
    return target;
  }
  const end = target.indexOf(quote, 1);
  return target.slice(1, end === -1 ? undefined : end);
}
