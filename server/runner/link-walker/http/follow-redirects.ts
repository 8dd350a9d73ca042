import { STATUS_CODES } from 'node:http';
import type { Dispatcher } from 'undici';
import { isTooLong, MAX_URL_CHARACTERS, parseHttpUrl, showAddress, showPath } from '../page-url.ts';
import { ChainCookies } from './chain-cookies.ts';
import type { HttpClient } from './http-client.ts';

/** Where a URL and its redirects led. `url` is the last URL that was requested, or the first that was refused. */
export type Arrival =
  | { readonly kind: 'response'; readonly url: URL; readonly response: Dispatcher.ResponseData }
  | { readonly kind: 'outside'; readonly url: URL }
  | { readonly kind: 'bad-redirect'; readonly url: URL; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly url: URL; readonly error: unknown };

export interface FollowOptions {
  readonly client: HttpClient;
  /** The origin to stay in; `null` follows redirects to any origin. */
  readonly origin: string | null;
  readonly redirects: number;
  readonly signal: AbortSignal;
}

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);
const DISCARDED_BYTES = 16 * 1024;

/** GETs `start` and what it redirects to. Never rejects: `unreachable` holds the error or the signal's reason. */
export async function followRedirects(
  start: URL,
  { client, origin, redirects, signal }: FollowOptions,
): Promise<Arrival> {
  const cookies = new ChainCookies();
  const asked = new Set<string>();
  let url = start;
  for (let hops = 0; hops <= redirects; hops += 1) {
    if (origin !== null && url.origin !== origin) {
      return { kind: 'outside', url };
    }
    const cookie = cookies.header(url);
    const request = `${url.href} ${cookie}`;
    if (asked.has(request)) {
      return { kind: 'bad-redirect', url: start, reason: `redirects in a loop, back to ${showPath(url)}` };
    }
    asked.add(request);

    const answer = await get(client, { url, cookie, signal });
    if (answer.kind !== 'response' || !REDIRECT_STATUSES.has(answer.response.statusCode)) {
      return answer;
    }
    discard(answer.response);
    cookies.store(url, answer.response.headers);
    const next = parseLocation(answer);
    if (next.kind !== 'next') {
      return next;
    }
    url = next.url;
  }
  return { kind: 'bad-redirect', url: start, reason: `redirects more than ${redirects} times` };
}

/** Reads a little of the rest in the background, so that the connection can be used again. */
export function discard(response: Dispatcher.ResponseData): void {
  response.body.dump({ limit: DISCARDED_BYTES }).catch(() => undefined);
}

/** `404 Not Found`, in the standard's words: the server's own may say anything. */
export function showStatus(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}

/** Whether the status is `2xx`: only those answers contain what was requested. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The beginning of a reason that is about the end of a redirect instead of `start`. */
export function redirected(start: URL, end: URL): string {
  if (start.href === end.href) {
    return '';
  }
  return `redirects to ${start.origin === end.origin ? showPath(end) : showAddress(end)}, which `;
}

async function get(
  client: HttpClient,
  { url, cookie, signal }: { url: URL; cookie: string; signal: AbortSignal },
): Promise<Arrival> {
  try {
    return { kind: 'response', url, response: await client.get(url, { signal, cookie }) };
  } catch (error) {
    return { kind: 'unreachable', url, error: signal.aborted ? signal.reason : error };
  }
}

function parseLocation({
  url,
  response,
}: Extract<Arrival, { kind: 'response' }>): Arrival | { kind: 'next'; url: URL } {
  const [location] = [response.headers.location].flat();
  const status = showStatus(response.statusCode);
  if (location === undefined || location === '') {
    return { kind: 'bad-redirect', url, reason: `responded ${status} without a Location to go to` };
  }
  if (isTooLong(location)) {
    const reason = `responded ${status} with a Location that has more than ${MAX_URL_CHARACTERS.toLocaleString('en')} characters`;
    return { kind: 'bad-redirect', url, reason };
  }
  const anyUrl = URL.parse(location, url.href);
  if (anyUrl === null) {
    return { kind: 'bad-redirect', url, reason: `responded ${status} with a Location that is not a URL` };
  }
  const next = parseHttpUrl(location, url);
  if (next === null) {
    return { kind: 'outside', url: anyUrl };
  }
  // Servers do not see the fragment. With it, a loop would look like new URLs each time.
  next.hash = '';
  return { kind: 'next', url: next };
}
