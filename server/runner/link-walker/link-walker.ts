import { CheckError, type FlowResult, type Runner } from '../contract.ts';
import { DeadlineError } from '../deadline.ts';
import type { NetworkPolicy } from '../network/network-policy.ts';
import { createAssetChecker } from './asset-checker.ts';
import { createHttpClient } from './http/http-client.ts';
import { inCompletionOrder } from './in-completion-order.ts';
import { pageKey, parseHttpUrl, shortenKey, showAddress, withoutNoise } from './page-url.ts';
import { type PageToVisit, type Visit, type VisitOptions, visitPage } from './visit-page.ts';
import { fillLimits } from './walk-limits.ts';

export interface LinkWalkerOptions {
  readonly policy: NetworkPolicy;
}

/** A runner without a browser: it walks the app's own links and yields a result for each page. */
export function createLinkWalker({ policy }: LinkWalkerOptions): Runner {
  return {
    async *run({ app, settings }, { signal, onReading }) {
      signal.throwIfAborted();
      const url = parseHttpUrl(app.url);
      if (url === null) {
        throw new CheckError('The URL of the app is not an http or https URL.');
      }
      const limits = fillLimits(settings.limits);
      const end = new AbortController();
      const timer = setTimeout(() => end.abort(new DeadlineError()), limits.totalMs);
      const walkSignal = AbortSignal.any([signal, end.signal]);
      const client = createHttpClient({
        policy,
        timeoutMs: limits.pageMs,
        signal: walkSignal,
        appUrl: url,
        access: settings,
        ...(settings.requests_at_once === undefined ? {} : { requestsAtOnce: settings.requests_at_once }),
      });
      const assetChecker = createAssetChecker({ client, limits, signal: walkSignal });
      try {
        const options = { client, assetChecker, limits, origin: null, signal: walkSignal, onReading };
        for await (const flow of walk(url, options)) {
          signal.throwIfAborted();
          yield { flow };
        }
      } finally {
        clearTimeout(timer);
        end.abort();
        await client.close();
      }
    },
  };
}

type WalkOptions = Omit<VisitOptions, 'claimed'>;

/**
 * Walks level by level: opens no page before all pages nearer to the app's own URL have ended. That costs a
 * little time, and makes two checks of the same app open the same pages and name the same linking page,
 * whichever page answers first.
 */
async function* walk(url: URL, walkOptions: WalkOptions): AsyncGenerator<FlowResult> {
  const { limits } = walkOptions;
  const claimed = new Set([keyOf(url.href)]);
  const options = { ...walkOptions, claimed };
  const home = await visitPage({ url: new URL(withoutNoise(url.href)), linkedFrom: null }, options);
  assertReached(home, options.signal);
  yield home.flow;

  const origin = (home.arrivedAt ?? url).origin;
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

/** The pages that `visits` link to and that no page linked to before, in order, as many as there is room for. */
function claimLinks(
  visits: readonly Visit[],
  { claimed, room }: { readonly claimed: Set<string>; readonly room: number },
): PageToVisit[] {
  // A page that a redirect led to was visited, so do not open it again under its own URL.
  for (const { arrivedAt } of visits) {
    if (arrivedAt !== null) {
      claimed.add(keyOf(arrivedAt.href));
    }
  }
  const pages: PageToVisit[] = [];
  for (const { page, links } of visits) {
    for (const { href, key } of links) {
      if (pages.length >= room) {
        return pages;
      }
      if (claimed.has(key)) {
        continue;
      }
      claimed.add(key);
      pages.push({ url: new URL(withoutNoise(href)), linkedFrom: page.url });
    }
  }
  return pages;
}

function keyOf(href: string): string {
  return shortenKey(pageKey(href));
}

function assertReached({ page, unreachable }: Visit, signal: AbortSignal): void {
  // A visit that was cancelled says nothing about the app; the caller throws the signal's reason.
  const cutShort = signal.aborted && !(signal.reason instanceof DeadlineError);
  if (unreachable === null || cutShort) {
    return;
  }
  throw new CheckError(`${showAddress(page.url)} ${unreachable.reason}. ${unreachable.advice}`);
}
