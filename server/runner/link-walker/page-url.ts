/** Parameters that say where a visitor came from. They never change what the page shows. */
const TRACKING_PARAMETER =
  /^(utm_\w+|gclid|gclsrc|gbraid|wbraid|dclid|fbclid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|_ga|_gl)$/i;

const SHOWN_CHARACTERS = 500;

/** Makes the `href` of a page absolute; `null` when it is no URL, or neither http nor https. */
export function parseHttpUrl(href: string, base?: URL): URL | null {
  const url = URL.parse(href, base?.href);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return null;
  }
  // A user name in a link would make two pages of one, and would be printed.
  url.username = '';
  url.password = '';
  return url;
}

/** The URL to request: without fragment and tracking parameters, otherwise as written. */
export function withoutNoise(url: URL): URL {
  const clean = new URL(url);
  clean.hash = '';
  clean.search = parameters(url)
    .filter((parameter) => !TRACKING_PARAMETER.test(nameOf(parameter)))
    .join('&');
  return clean;
}

/** URLs with the same key are the same page: the order of differently named parameters does not matter. */
export function pageKey(url: URL): string {
  const key = withoutNoise(url);
  key.search = parameters(key)
    .toSorted((a, b) => compare(nameOf(a), nameOf(b)))
    .join('&');
  return key.href;
}

/** `/path?query`, cut when it is too long to read. */
export function showPath(url: URL): string {
  return cut(`${url.pathname}${url.search}`);
}

/** The URL without its query, which may hold a preview deployment's access token, for messages about the app. */
export function showAddress(url: URL): string {
  return cut(`${url.protocol}//${url.host}${url.pathname}`);
}

/**
 * The parameters as written. `URLSearchParams` would turn `?print` into `?print=` and `%20` into `+`, which some
 * servers treat as different.
 */
function parameters(url: URL): string[] {
  return url.search.slice(1).split('&').filter(Boolean);
}

function nameOf(parameter: string): string {
  return parameter.split('=', 1)[0] ?? '';
}

function compare(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

function cut(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
