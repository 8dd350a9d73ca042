import type { WalkLimits } from '../walk-limits.ts';
import { decodeHtml, isHtml } from './decode-html.ts';
import { describeBodyError, describeConnectError, type FailureReason } from './failure-reason.ts';
import {
  discard,
  type FollowOptions,
  followRedirects,
  isSuccess,
  redirected,
  showStatus,
} from './follow-redirects.ts';
import { readBody } from './read-body.ts';

/** Where a URL led. `unreachable`: no server answered; `failed`: a server answered, but not with a page. */
export type PageAnswer =
  | { readonly kind: 'page'; readonly url: URL; readonly html: string | null; readonly charset: string }
  | { readonly kind: 'outside'; readonly url: URL }
  | { readonly kind: 'failed'; readonly reason: string }
  | ({ readonly kind: 'unreachable' } & FailureReason);

export interface FetchPageOptions extends Pick<FollowOptions, 'client' | 'origin' | 'signal'> {
  readonly limits: WalkLimits;
}

/** GETs one page and follows its redirects. Never rejects. `html` is `null` when the answer is not HTML. */
export async function fetchPage(start: URL, options: FetchPageOptions): Promise<PageAnswer> {
  const { client, origin, signal, limits } = options;
  const { pageMs, pageBytes, redirects } = limits;
  const arrival = await followRedirects(start, { client, origin, redirects, signal });
  const { url } = arrival;
  const subject = redirected(start, url);
  if (arrival.kind === 'outside') {
    return arrival;
  }
  if (arrival.kind === 'bad-redirect') {
    return { kind: 'failed', reason: subject + arrival.reason };
  }
  if (arrival.kind === 'unreachable') {
    const { reason, advice } = describeConnectError(arrival.error, { url, pageMs });
    return { kind: 'unreachable', reason: subject + reason, advice };
  }

  const { response } = arrival;
  const status = showStatus(response.statusCode);
  if (!isSuccess(response.statusCode)) {
    discard(response);
    return { kind: 'failed', reason: `${subject}responded ${status}` };
  }
  try {
    const bytes = await readBody(response, { maxBytes: pageBytes });
    if (bytes.length === 0) {
      return { kind: 'failed', reason: `${subject}responded ${status} with an empty body` };
    }
    const [contentType = ''] = [response.headers['content-type']].flat();
    const decoded = isHtml(contentType) ? await decodeHtml(bytes, contentType, signal) : null;
    return { kind: 'page', url, html: decoded?.html ?? null, charset: decoded?.charset ?? 'utf-8' };
  } catch (error) {
    const cause = signal.aborted ? signal.reason : error;
    return { kind: 'failed', reason: subject + describeBodyError(cause, { url, pageMs }) };
  }
}
