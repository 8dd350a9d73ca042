import { createMessageQueue } from '../../message-queue.ts';
import { type Visit, type VisitOptions, visitPage } from '../visit-page.ts';
import { claimInOrder } from './claim-in-order.ts';
import type { ClaimedPage, PageClaims } from './page-claims.ts';

export interface WalkPagesOptions extends Omit<VisitOptions, 'decided'> {
  /** The first page, the app's own URL, is done. */
  readonly claims: PageClaims;
}

type Ended = { readonly index: number; readonly visit: Visit } | { readonly error: unknown };

/**
 * Opens the claimed pages in their order, several at a time, and yields each visit as it ends. Links are claimed in
 * the order of the pages too, so a slow page delays the links of those behind it, but not the pages that are claimed.
 * Two checks of the same app then open the same pages and name the same linking page, whichever page answers first.
 * Returns when all pages have ended, or the time of the walk is over.
 */
export async function* walkPages({ claims, ...options }: WalkPagesOptions): AsyncGenerator<Visit> {
  const { limits, signal } = options;
  const { pages, decided } = claims;
  const inOrder = claimInOrder({ claims, first: 1 });
  const ended = createMessageQueue<Ended>();
  const arrivals = ended[Symbol.asyncIterator]();
  let next = 1;
  let running = 0;

  function start(page: ClaimedPage, index: number): void {
    running += 1;
    visitPage(toVisit(page), { ...options, decided }).then(
      (visit) => ended.add({ index, visit }),
      (error: unknown) => ended.add({ error }),
    );
  }

  function startSome(): void {
    while (!signal.aborted && running < limits.pagesAtOnce && !inOrder.isFull()) {
      const page = pages[next];
      if (page === undefined) {
        return;
      }
      start(page, next);
      next += 1;
    }
  }

  for (startSome(); running > 0; startSome()) {
    const { value } = await arrivals.next();
    running -= 1;
    if ('error' in value) {
      throw value.error;
    }
    const { index, visit } = value;
    inOrder.take(index, { links: visit.links.own, arrivedAt: visit.arrivedAt });
    yield visit;
  }
  inOrder.finish();
}

function toVisit({ href, linkedFrom }: ClaimedPage) {
  return { url: new URL(href), linkedFrom: linkedFrom === null ? null : new URL(linkedFrom) };
}
