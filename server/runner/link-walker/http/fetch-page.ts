import type { WalkLimits } from '../walk-limits.ts';
import { decodeHtml, isHtml } from './decode-html.ts';
import { describeBodyError, describeConnectError, type FailureReason } from './failure-reason.ts';
import { type Arrival, type FollowOptions, followRedirects, redirected } from './follow-redirects.ts';
import { discard, RateLimitError } from './http-client.ts';
import { decodeHeader } from './location.ts';
import { readBody } from './read-body.ts';
import { isSuccess, showStatus, TOO_MANY_REQUESTS } from './status.ts';

/**
 * Where a URL led. `excluded`: a redirect led to a URL that must be left alone; `unreachable`: no server answered; `failed`: a server answered, but not with a page; `rate-limited`: it
 * answered `429` to the end of the time.
 */
export type PageAnswer =
  | ArrivedPage
  | { readonly kind: 'outside'; readonly url: URL }
  | { readonly kind: 'excluded'; readonly url: URL }
  | { readonly kind: 'failed' | 'rate-limited'; readonly reason: string }
  | ({ readonly kind: 'unreachable' } & FailureReason);

export interface ArrivedPage {
  readonly kind: 'page';
  readonly url: URL;
  /** `null` when the answer is not HTML. */
  readonly html: string | null;
  /** By which it was decoded. */
  readonly charset: string;
  /** Whether the page is longer than what was read. */
  readonly isCut: boolean;
  /** The `Refresh` header, which browsers follow as they do the `meta` element of that name (see `parseRefresh`). */
  readonly refresh: string | null;
}

export interface FetchPageOptions
  extends Pick<FollowOptions, 'client' | 'origin' | 'isHome' | 'isExcluded' | 'signal'> {
  readonly limits: WalkLimits;
}

/** GETs one page and follows its redirects. Never rejects. */
export async function fetchPage(start: URL, options: FetchPageOptions): Promise<PageAnswer> {
  const { limits, ...followOptions } = options;
  const until = performance.now() + limits.pageMs;
  const arrival = await followRedirects(start, { ...followOptions, redirects: limits.redirects, until });
  const { url } = arrival;
  const subject = redirected(start, url);
  switch (arrival.kind) {
    case 'outside':
    case 'excluded':
      return arrival;
    case 'bad-redirect':
      return { kind: 'failed', reason: subject + arrival.reason };
    case 'unreachable':
      return describeUnreachable(arrival.error, { subject, url, pageMs: limits.pageMs });
    case 'response':
      return readPage(arrival, { ...options, subject });
  }
}

function describeUnreachable(
  error: unknown,
  { subject, url, pageMs }: { readonly subject: string; readonly url: URL; readonly pageMs: number },
): PageAnswer {
  if (error instanceof RateLimitError) {
    return { kind: 'rate-limited', reason: `${subject}responded ${showStatus(TOO_MANY_REQUESTS)}` };
  }
  const { reason, advice } = describeConnectError(error, { url, pageMs });
  return { kind: 'unreachable', reason: subject + reason, advice };
}

async function readPage(
  { url, response }: Extract<Arrival, { kind: 'response' }>,
  { limits, signal, subject }: FetchPageOptions & { readonly subject: string },
): Promise<PageAnswer> {
  const { pageMs, pageBytes } = limits;
  const { statusCode, headers } = response;
  const responded = `${subject}responded ${showStatus(statusCode)}`;
  if (!isSuccess(statusCode)) {
    discard(response);
    return { kind: statusCode === TOO_MANY_REQUESTS ? 'rate-limited' : 'failed', reason: responded };
  }
  try {
    const { bytes, isCut } = await readBody(response, { maxBytes: pageBytes });
    if (bytes.length === 0) {
      return { kind: 'failed', reason: `${responded} with an empty body` };
    }
    const [contentType = ''] = [headers['content-type']].flat();
    const decoded = isHtml(contentType) ? await decodeHtml(bytes, contentType, signal) : null;
    const [refresh] = [headers.refresh].flat();
    return {
      kind: 'page',
      url,
      html: decoded?.html ?? null,
      charset: decoded?.charset ?? 'utf-8',
      isCut,
      refresh: refresh === undefined ? null : decodeHeader(refresh),
    };
  } catch (error) {
    const cause = signal.aborted ? signal.reason : error;
    return { kind: 'failed', reason: subject + describeBodyError(cause, { url, pageMs }) };
  }
}
