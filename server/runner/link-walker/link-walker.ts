import type { Flow } from '../../features/checks/schema.ts';
import { CheckError, type Runner } from '../contract.ts';
import { DeadlineError } from '../deadline.ts';
import type { Lookup } from '../network/connector.ts';
import { isPublicAddress } from '../network/public-address.ts';
import { createAssetChecker } from './asset-checker.ts';
import { createHttpClient } from './http/http-client.ts';
import { inCompletionOrder } from './in-completion-order.ts';
import { pageKey, parseHttpUrl, showAddress, withoutNoise } from './page-url.ts';
import { type PageToVisit, type Visit, type VisitOptions, visitPage } from './visit-page.ts';
import { DEFAULT_LIMITS, type WalkLimits } from './walk-limits.ts';

export interface LinkWalkerOptions {
  /** `deny`: open addresses of the public internet only. */
  readonly privateTargets: 'allow' | 'deny';
  /** What `deny` lets through; tests, which have loopback only, say another. */
  readonly isPublic?: (address: string) => boolean;
  /** How host names are looked up; the system's way by default. */
  readonly lookup?: Lookup;
  /** Other than the usual ones: 50 pages, 3 links deep, 4 at a time, 10 s a page, 60 s in all, 2 MiB a page. */
  readonly limits?: Partial<WalkLimits>;
}

/** A runner without a browser: it walks the app's own links and yields one flow a page, `GET /path?query`. */
export function createLinkWalker({
  privateTargets,
  isPublic = isPublicAddress,
  lookup,
  limits = {},
}: LinkWalkerOptions): Runner {
  const merged = { ...DEFAULT_LIMITS, ...limits };
  const allLimits = { ...merged, pageMs: Math.min(merged.pageMs, merged.totalMs) };
  return {
    async *run(target, { signal }) {
      signal.throwIfAborted();
      const url = parseHttpUrl(target.url);
      if (url === null) {
        throw new CheckError('The URL of the app is not an http or https URL.');
      }
      const end = new AbortController();
      const timer = setTimeout(() => end.abort(new DeadlineError()), allLimits.totalMs);
      const walkSignal = AbortSignal.any([signal, end.signal]);
      const client = createHttpClient({
        isAllowed: privateTargets === 'allow' ? () => true : isPublic,
        lookup,
        timeoutMs: allLimits.pageMs,
        signal: walkSignal,
      });
      const assetChecker = createAssetChecker({ client, limits: allLimits, signal: walkSignal });
      try {
        const options = { client, assetChecker, limits: allLimits, origin: null, signal: walkSignal };
        for await (const flow of walk(url, options)) {
          signal.throwIfAborted();
          yield flow;
        }
      } finally {
        clearTimeout(timer);
        end.abort();
        await client.close();
      }
    },
  };
}

/**
 * Level by level: a page is not opened before all pages nearer to the app's own URL have ended. That costs a
 * little time, and makes two checks of the same app open the same pages and name the same linking page,
 * whichever answered first.
 */
async function* walk(url: URL, options: VisitOptions): AsyncGenerator<Flow> {
  const { limits } = options;
  const home = await visitPage({ url: withoutNoise(url), linkedFrom: null }, options);
  assertReached(home, options.signal);
  yield home.flow;

  const origin = (home.arrivedAt ?? url).origin;
  const claimed = new Set([pageKey(url)]);
  let room = limits.pages - 1;
  let level: PageToVisit[] = claimLinks([home], { claimed, room });
  for (let depth = 1; depth <= limits.depth && level.length > 0; depth += 1) {
    room -= level.length;
    const visits: Visit[] = [];
    const visiting = inCompletionOrder({
      items: level,
      atOnce: limits.pagesAtOnce,
      run: (page) => visitPage(page, { ...options, origin }),
    });
    for await (const { index, result } of visiting) {
      visits[index] = result;
      yield result.flow;
    }
    level = claimLinks(visits, { claimed, room });
  }
}

/** The pages that `visits` link to and none linked to before, in order, as many as there is room for. */
function claimLinks(
  visits: readonly Visit[],
  { claimed, room }: { readonly claimed: Set<string>; readonly room: number },
): PageToVisit[] {
  // Where a redirect led has been seen, so it is not opened again under its own name.
  for (const { arrivedAt } of visits) {
    if (arrivedAt !== null) {
      claimed.add(pageKey(arrivedAt));
    }
  }
  const pages: PageToVisit[] = [];
  for (const { page, links } of visits) {
    for (const link of links) {
      if (pages.length >= room) {
        return pages;
      }
      const key = pageKey(link);
      if (claimed.has(key)) {
        continue;
      }
      claimed.add(key);
      pages.push({ url: withoutNoise(link), linkedFrom: page.url });
    }
  }
  return pages;
}

function assertReached({ page, unreachable }: Visit, signal: AbortSignal): void {
  // Cut short from outside, it says nothing of the app; the caller throws the signal's reason.
  const cutShort = signal.aborted && !(signal.reason instanceof DeadlineError);
  if (unreachable === null || cutShort) {
    return;
  }
  throw new CheckError(`${showAddress(page.url)} ${unreachable.reason}. ${unreachable.advice}`);
}
