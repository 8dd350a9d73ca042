import type { Dispatcher } from 'undici';
import { isTooLong, MAX_URL_CHARACTERS, parseHttpUrl, showAddress, showPath } from '../page-url.ts';
import { discard, type GetOptions, type HttpClient, RateLimitError } from './http-client.ts';
import { decodeHeader } from './location.ts';
import { showStatus } from './status.ts';

/** Where a URL and its redirects led. `url` is the last URL that was requested, or the first that was refused. */
export type Arrival =
  | { readonly kind: 'response'; readonly url: URL; readonly response: Dispatcher.ResponseData }
  | { readonly kind: 'outside'; readonly url: URL }
  | { readonly kind: 'excluded'; readonly url: URL }
  | { readonly kind: 'bad-redirect'; readonly url: URL; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly url: URL; readonly error: unknown };

export interface FollowOptions extends GetOptions {
  readonly client: HttpClient;
  /** The origin to stay in; `null` follows redirects to any origin. */
  readonly origin: string | null;
  readonly redirects: number;
  /** Whether it is the app's own URL, which may lead to another origin of the app. */
  readonly isHome?: boolean;
  /** Whether a URL that a redirect leads to must be left alone. By default none. */
  readonly isExcluded?: (url: URL) => boolean;
}

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

/** GETs `start` and what it redirects to. Never rejects: `unreachable` holds the error or the signal's reason. */
export async function followRedirects(
  start: URL,
  { client, origin, redirects, isHome = false, isExcluded = () => false, ...options }: FollowOptions,
): Promise<Arrival> {
  const asked = new Set<string>();
  let url = start;
  for (let hops = 0; hops <= redirects; hops += 1) {
    const refusal = refuse(url, { origin, isExcluded: hops > 0 && isExcluded(url) });
    if (refusal !== null) {
      return { kind: refusal, url };
    }
    // Some sites set a cookie and redirect to the same page, which then is another.
    const request = `${url.href} ${await client.cookies.header(url)}`;
    if (asked.has(request)) {
      return { kind: 'bad-redirect', url: start, reason: `redirects in a loop, back to ${showPath(url)}` };
    }
    asked.add(request);

    const answer = await get(client, url, options);
    if (answer.kind !== 'response' || !REDIRECT_STATUSES.has(answer.response.statusCode)) {
      return answer;
    }
    discard(answer.response);
    const next = parseLocation(answer);
    if (next.kind !== 'next') {
      return next;
    }
    if (isHome) {
      await client.access.followHome(url, next.url);
    }
    url = next.url;
  }
  return { kind: 'bad-redirect', url: start, reason: `redirects more than ${redirects} times` };
}

/** The beginning of a reason that is about the end of a redirect instead of `start`. */
export function redirected(start: URL, end: URL): string {
  if (start.href === end.href) {
    return '';
  }
  return `redirects to ${start.origin === end.origin ? showPath(end) : showAddress(end)}, which `;
}

function refuse(
  url: URL,
  { origin, isExcluded }: { readonly origin: string | null; readonly isExcluded: boolean },
): 'outside' | 'excluded' | null {
  if (origin !== null && url.origin !== origin) {
    return 'outside';
  }
  return isExcluded ? 'excluded' : null;
}

async function get(client: HttpClient, url: URL, options: GetOptions): Promise<Arrival> {
  try {
    return { kind: 'response', url, response: await client.get(url, options) };
  } catch (error) {
    const { signal } = options;
    const isLimited = error instanceof RateLimitError;
    return { kind: 'unreachable', url, error: signal.aborted && !isLimited ? signal.reason : error };
  }
}

function parseLocation({
  url,
  response,
}: Extract<Arrival, { kind: 'response' }>): Arrival | { kind: 'next'; url: URL } {
  const locations = new Set([response.headers.location ?? []].flat());
  const [header] = locations;
  const status = showStatus(response.statusCode);
  if (locations.size > 1) {
    return { kind: 'bad-redirect', url, reason: `responded ${status} with more than one Location` };
  }
  const location = header === undefined ? undefined : decodeHeader(header);
  if (location === undefined || location === '') {
    return { kind: 'bad-redirect', url, reason: `responded ${status} without a Location` };
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
