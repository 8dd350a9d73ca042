import pLimit from 'p-limit';
import { showSeconds, untilAborted, withDeadline } from '../deadline.ts';
import { describeConnectError } from './http/failure-reason.ts';
import { discard, followRedirects, isSuccess, redirected, showStatus } from './http/follow-redirects.ts';
import type { HttpClient } from './http/http-client.ts';
import { shortenKey, showPath } from './page-url.ts';
import type { Asset } from './parse-page.ts';
import type { WalkLimits } from './walk-limits.ts';

export interface AssetReport {
  /** `image /img/hero.png responded 404 Not Found`, in the page's order. */
  readonly failures: readonly string[];
  /** How many could not be judged before `signal` aborted. */
  readonly unseen: number;
}

export interface AssetChecker {
  /** Fetches the assets of one page, except those that were fetched for another page. Never rejects. */
  check(assets: readonly Asset[], options: { readonly signal: AbortSignal }): Promise<AssetReport>;
}

export interface AssetCheckerOptions {
  readonly client: HttpClient;
  readonly limits: WalkLimits;
  /** The walk's signal. Fetches go on when their page's time is up, since the next page may need the same asset. */
  readonly signal: AbortSignal;
}

interface Verdict {
  /** Why the asset failed; `null` when it is fine. */
  readonly reason: string | null;
}

interface Fetching {
  readonly startedAt: number;
  readonly verdict: Promise<Verdict>;
}

const READ_BYTES = 64 * 1024;

/** Checks the assets of all pages of one walk, each once, and at most `limits.assetsAtOnce` at the same time. */
export function createAssetChecker({
  client,
  limits,
  signal: walkSignal,
}: AssetCheckerOptions): AssetChecker {
  /** By the shortened URL: a walk may have as many assets as its pages can name. */
  const fetchings = new Map<string, Fetching | Verdict>();
  const slots = pLimit(limits.assetsAtOnce);

  const start = async (href: string, key: string, pageSignal: AbortSignal): Promise<void> => {
    if (pageSignal.aborted || fetchings.has(key)) {
      return;
    }
    const verdict = withDeadline({ ms: limits.pageMs, signal: walkSignal }, (signal) =>
      fetchAsset(new URL(href), { client, limits, signal }),
    );
    fetchings.set(key, { startedAt: performance.now(), verdict });
    fetchings.set(key, await verdict);
  };

  /** The verdict on an asset that has been fetched; `undefined` when it has to be waited for. */
  const findVerdict = (key: string): Verdict | 'unseen' | undefined => {
    if (walkSignal.aborted) {
      return 'unseen';
    }
    const known = fetchings.get(key);
    return known !== undefined && 'reason' in known ? known : undefined;
  };

  const judge = async (href: string, key: string, signal: AbortSignal): Promise<Verdict | 'unseen'> => {
    if (!fetchings.has(key) && !signal.aborted) {
      await untilAborted(slots(start, href, key, signal), signal);
    }
    const fetching = fetchings.get(key);
    if (fetching === undefined || walkSignal.aborted) {
      return 'unseen';
    }
    if ('reason' in fetching) {
      return fetching;
    }
    const verdict = await untilAborted(fetching.verdict, signal);
    if (walkSignal.aborted) {
      return 'unseen';
    }
    if (verdict !== undefined) {
      return verdict;
    }
    // The page's time is up. An asset that had most of it is too slow; one that began late waited for others.
    const waitedMs = performance.now() - fetching.startedAt;
    if (waitedMs < limits.pageMs / 2) {
      return 'unseen';
    }
    return { reason: `did not answer within ${showSeconds(waitedMs)}` };
  };

  return {
    async check(assets, { signal }) {
      const judged = assets.map((asset) => {
        const key = shortenKey(asset.href);
        return { ...asset, key, verdict: findVerdict(key) };
      });
      // A queue for each page before the common one, so that a page with hundreds does not delay the others.
      await pLimit(limits.assetsAtOnce).map(
        judged.filter(({ verdict }) => verdict === undefined),
        async (asset) => {
          asset.verdict = await judge(asset.href, asset.key, signal);
        },
      );
      return {
        failures: judged.flatMap(({ kind, href, verdict }) =>
          verdict === undefined || verdict === 'unseen' || verdict.reason === null
            ? []
            : [`${kind} ${showPath(new URL(href))} ${verdict.reason}`],
        ),
        unseen: judged.filter(({ verdict }) => verdict === 'unseen').length,
      };
    },
  };
}

/** An asset that redirects to another origin passes without a request to that origin. */
async function fetchAsset(start: URL, { client, limits, signal }: AssetCheckerOptions): Promise<Verdict> {
  const { redirects, pageMs } = limits;
  const arrival = await followRedirects(start, { client, origin: start.origin, redirects, signal });
  const { url } = arrival;
  const subject = redirected(start, url);
  switch (arrival.kind) {
    case 'outside':
      return { reason: null };
    case 'bad-redirect':
      return { reason: subject + arrival.reason };
    case 'unreachable':
      return { reason: subject + describeConnectError(arrival.error, { url, pageMs }).reason };
    case 'response':
      break;
  }
  const { response } = arrival;
  if (!isSuccess(response.statusCode)) {
    discard(response);
    return { reason: `${subject}responded ${showStatus(response.statusCode)}` };
  }
  try {
    await response.body.dump({ limit: READ_BYTES, signal });
    return { reason: null };
  } catch {
    return { reason: `${subject}did not answer within ${showSeconds(pageMs)}` };
  }
}
