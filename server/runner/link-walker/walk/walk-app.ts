import { CheckError, type CheckSettings, type RunnerResult } from '../../contract.ts';
import { DeadlineError } from '../../deadline.ts';
import { showAddress } from '../page-url.ts';
import { type Visit, type VisitOptions, visitPage } from '../visit-page.ts';
import { describeLimits } from './describe-limits.ts';
import { judgePage, type LinkReport } from './judge-page.ts';
import { createPageClaims, type PageClaims } from './page-claims.ts';
import { createPageRules } from './page-rules.ts';
import { createWalkNotes, type WalkNotes } from './walk-notes.ts';
import { walkPages } from './walk-pages.ts';

export interface WalkAppOptions extends Omit<VisitOptions, 'decided' | 'origin'> {
  readonly settings: CheckSettings;
}

const NO_LINKS: LinkReport = { failures: [], unseen: 0 };

/** Walks the app from its own URL: yields a flow for each page, then what was not looked at. */
export async function* walkApp(url: URL, options: WalkAppOptions): AsyncGenerator<RunnerResult> {
  const { limits, settings } = options;
  const notes = createWalkNotes();
  const claims = createPageClaims({
    home: url.href,
    limits,
    rules: createPageRules(settings),
    onRefused: (refusal, href) => notes.add(refusal, href),
  });
  let seen = 0;
  for await (const visit of visitPages(url, { ...options, claims })) {
    noteVisit(visit, notes);
    const flow = judgePage(visit, NO_LINKS, limits);
    seen += visit.walkEnded && flow.status === 'skipped' ? 0 : 1;
    yield { flow };
  }
  for (const warning of notes.list()) {
    yield { warning };
  }
  yield* describeLimits({ claims, seen, limits, settings });
}

/** The app's own URL decides which origin is the app's; then the other pages are visited. */
async function* visitPages(
  url: URL,
  { claims, ...options }: WalkAppOptions & { readonly claims: PageClaims },
): AsyncGenerator<Visit> {
  const [start] = claims.pages;
  if (start === undefined) {
    return;
  }
  const page = { url: new URL(start.href), linkedFrom: null };
  const home = await visitPage(page, { ...options, origin: null, decided: claims.decided });
  assertReached(home, options.signal);
  claims.claim(start, home);
  yield home;
  yield* walkPages({ ...options, claims, origin: (home.arrivedAt ?? url).origin });
}

function noteVisit({ page, arrivedAt, ownLinks, leftOut }: Visit, notes: WalkNotes): void {
  if (arrivedAt === null) {
    return;
  }
  if (page.linkedFrom === null && ownLinks === 0) {
    notes.add('no links', arrivedAt.href);
  }
  if (leftOut > 0) {
    notes.add('left out', arrivedAt.href, leftOut);
  }
}

function assertReached({ page, unreachable }: Visit, signal: AbortSignal): void {
  // A visit that was cancelled says nothing about the app; the caller throws the signal's reason.
  const cutShort = signal.aborted && !(signal.reason instanceof DeadlineError);
  if (unreachable === null || cutShort) {
    return;
  }
  throw new CheckError(`${showAddress(page.url)} ${unreachable.reason}. ${unreachable.advice}`);
}
