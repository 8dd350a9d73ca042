import { hash } from 'node:crypto';

/** Parameters that say where a visitor came from. They never change what the page shows. */
const TRACKING_PARAMETER =
  /^(utm_\w+|gclid|gclsrc|gbraid|wbraid|dclid|fbclid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|_ga|_gl)$/i;

const SHOWN_CHARACTERS = 500;
const MAX_KEY_CHARACTERS = 100;

/** Longer than servers accept. */
export const MAX_URL_CHARACTERS = 8_000;

/** Longer than any name of a host. The time to encode a name grows with the square of its length. */
export const MAX_HOST_CHARACTERS = 300;

const HOST = /^[\0-\x20]*(?:https?:[/\\]*|[/\\]{2,})([^/\\?#]*)/i;

/** Makes the `href` of a page absolute; `null` when it is no URL, or neither http nor https. */
export function parseHttpUrl(href: string, base?: URL | string): URL | null {
  const url = URL.parse(href, base?.toString());
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return null;
  }
  // A user name in a link would make two pages of one, and would be printed.
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
  }
  return url;
}

/** Whether an `href`, without its fragment, would be too long as an absolute URL: it is not worth making it one. */
export function isTooLong(href: string): boolean {
  // Most are short, whatever characters they have.
  if (href.length <= MAX_HOST_CHARACTERS) {
    return false;
  }
  if (href.length > MAX_URL_CHARACTERS) {
    return true;
  }
  // A character that is not ASCII has two to four bytes, and each is written as `%XX`: six more characters at least
  // for two more bytes than characters.
  const bytes = Buffer.byteLength(href);
  if (bytes + 3 * (bytes - href.length) > MAX_URL_CHARACTERS) {
    return true;
  }
  const host = HOST.exec(href.replace(/[\t\n\r]+/g, ''))?.[1] ?? '';
  return host.length > MAX_HOST_CHARACTERS;
}

/** The URL to request, of an absolute one: without fragment and tracking parameters, otherwise as written. */
export function withoutNoise(href: string): string {
  const { address, parameters } = split(href);
  return join(address, parameters);
}

/** URLs with the same key are the same page: the order of differently named parameters does not matter. */
export function pageKey(href: string): string {
  const { address, parameters } = split(href);
  return join(
    address,
    parameters.toSorted((a, b) => compare(a.name, b.name)),
  );
}

/** The short key of a page, which keeps nothing else in memory. */
export function keyOf(href: string): string {
  if (href.length <= MAX_KEY_CHARACTERS && !href.includes('?') && !href.includes('#')) {
    return href;
  }
  const key = shortenKey(pageKey(href));
  // Most URLs are their own key. A part of a longer one would keep all of it.
  return key === href ? href : Buffer.from(key).toString();
}

/** A key of at most 100 characters, to compare many keys without keeping them. */
export function shortenKey(key: string): string {
  return key.length <= MAX_KEY_CHARACTERS ? key : hash('sha256', key, 'base64url');
}

/** `/path?query`, cut when it is too long to read. */
export function showPath(url: URL): string {
  return cut(`${url.pathname}${url.search}`);
}

/** The URL without its query, which may hold a preview deployment's access token, for messages about the app. */
export function showAddress(url: URL): string {
  return cut(`${url.protocol}//${url.host}${url.pathname}`);
}

interface Parameter {
  readonly name: string;
  readonly text: string;
}

/**
 * The parameters as written, without those of tracking. `URLSearchParams` would turn `?print` into `?print=` and `%20`
 * into `+`, which some servers treat as different.
 */
function split(href: string): { address: string; parameters: Parameter[] } {
  const [withoutFragment = ''] = href.split('#', 1);
  const start = withoutFragment.indexOf('?');
  if (start === -1) {
    return { address: withoutFragment, parameters: [] };
  }
  const parameters = withoutFragment
    .slice(start + 1)
    .split('&')
    .filter(Boolean)
    .map((text) => ({ text, name: text.split('=', 1)[0] ?? '' }))
    .filter(({ name }) => !TRACKING_PARAMETER.test(name));
  return { address: withoutFragment.slice(0, start), parameters };
}

function join(address: string, parameters: readonly Parameter[]): string {
  const query = parameters.map(({ text }) => text).join('&');
  return query === '' ? address : `${address}?${query}`;
}

function compare(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

function cut(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) {
    return text;
  }
  // A copy: a slice would keep the whole text in memory for as long as the message is kept.
  return `${Buffer.from(text.slice(0, SHOWN_CHARACTERS)).toString()}…`;
}
