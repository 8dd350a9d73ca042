import pLimit, { type LimitFunction } from 'p-limit';
import { withDeadline } from '../../deadline.ts';
import { PrivateTargetError } from '../../network/network-policy.ts';
import { describeConnectError } from '../http/failure-reason.ts';
import { type Arrival, followRedirects, redirected } from '../http/follow-redirects.ts';
import { discard, type HttpClient, RateLimitError } from '../http/http-client.ts';
import { isSuccess, showStatus } from '../http/status.ts';
import { shortenKey, showAddress } from '../page-url.ts';
import type { WalkLimits } from '../walk-limits.ts';
import type { LinkReport } from './judge-page.ts';
import type { LinkInspector } from './link-inspector.ts';
import type { WalkNotes } from './walk-notes.ts';

export interface ExternalLinksOptions {
  readonly client: HttpClient;
  readonly limits: WalkLimits;
  readonly notes: WalkNotes;
  /** The walk's signal. */
  readonly signal: AbortSignal;
}

/** `reason` is why a link failed. `undecided`: the answer does not tell whether the link is good. */
type Verdict = { readonly reason: string } | 'good' | 'undecided' | 'private' | 'unseen';

/** Different URLs of one walk; others are not tried, and that is told. */
const MAX_URLS = 10_000;
const HOSTS_AT_ONCE = 8;
/** What sites answer to a program that is no browser, or to a visitor who is not signed in, whether the page is there or not. */
const UNDECIDED = new Set([401, 403, 429, 999]);

/** Tries the links to other sites, each URL once, and of one host one at a time. */
export function inspectExternalLinks({ client, limits, notes, signal }: ExternalLinksOptions): LinkInspector {
  const verdicts = new Map<string, Promise<Verdict>>();
  const hosts = new Map<string, LimitFunction>();
  const slots = pLimit(HOSTS_AT_ONCE);

  async function tryOnce(href: string): Promise<Verdict> {
    const url = new URL(href);
    const turns = hosts.get(url.host) ?? pLimit(1);
    hosts.set(url.host, turns);
    const verdict = await turns(() => slots(() => tryLink(url, { client, limits, signal })));
    if (verdict === 'undecided' || verdict === 'private') {
      notes.add(verdict === 'private' ? 'private links' : 'undecided links', href);
    }
    return verdict;
  }

  function judge(href: string): Promise<Verdict> {
    const key = shortenKey(href);
    const known = verdicts.get(key);
    if (known !== undefined) {
      return known;
    }
    if (verdicts.size >= MAX_URLS) {
      notes.add('external links left out', href);
      return Promise.resolve('good');
    }
    const verdict = tryOnce(href);
    verdicts.set(key, verdict);
    return verdict;
  }

  return {
    async inspect({ links }) {
      const judged = await Promise.all(
        links.external.map(async (href) => ({ href, verdict: await judge(href) })),
      );
      return report(judged);
    },
    finish() {},
  };
}

function report(judged: readonly { readonly href: string; readonly verdict: Verdict }[]): LinkReport {
  const failures = judged.flatMap(({ href, verdict }) => {
    if (typeof verdict !== 'object') {
      return [];
    }
    const text = `link ${showAddress(new URL(href))} ${verdict.reason}`;
    return [{ text, cause: text }];
  });
  return { failures, unseen: judged.filter(({ verdict }) => verdict === 'unseen').length };
}

type TryOptions = Omit<ExternalLinksOptions, 'notes'>;

async function tryLink(url: URL, options: TryOptions): Promise<Verdict> {
  if (options.signal.aborted) {
    return 'unseen';
  }
  const verdict = await ask(url, 'HEAD', options);
  // Many servers do not know HEAD, or answer it in another way.
  return typeof verdict === 'object' || verdict === 'undecided' ? ask(url, 'GET', options) : verdict;
}

async function ask(
  url: URL,
  method: 'GET' | 'HEAD',
  { client, limits, signal }: TryOptions,
): Promise<Verdict> {
  const until = performance.now() + limits.pageMs;
  const arrival = await withDeadline({ ms: limits.pageMs, signal }, (linkSignal) =>
    followRedirects(url, {
      client,
      origin: null,
      redirects: limits.redirects,
      signal: linkSignal,
      until,
      method,
    }),
  );
  if (arrival.kind === 'response') {
    discard(arrival.response);
  }
  return signal.aborted ? 'unseen' : judgeArrival(url, arrival, limits);
}

function judgeArrival(start: URL, arrival: Arrival, { pageMs }: WalkLimits): Verdict {
  const subject = redirected(start, arrival.url);
  switch (arrival.kind) {
    case 'excluded':
    case 'outside':
      // It leads to an app on the visitor's machine, as `myapp:` does.
      return 'undecided';
    case 'bad-redirect':
      return { reason: arrival.reason };
    case 'unreachable': {
      const { error, url } = arrival;
      if (error instanceof PrivateTargetError) {
        return 'private';
      }
      return error instanceof RateLimitError
        ? 'undecided'
        : { reason: subject + describeConnectError(error, { url, pageMs }).reason };
    }
    case 'response': {
      const { statusCode, headers } = arrival.response;
      if (isSuccess(statusCode)) {
        return 'good';
      }
      const isWall = UNDECIDED.has(statusCode) || headers['cf-mitigated'] !== undefined;
      return isWall ? 'undecided' : { reason: `${subject}responded ${showStatus(statusCode)}` };
    }
  }
}
