import { STATUS_CODES } from 'node:http';
import { CheckError, type CheckSettings, type RunnerResult } from '../../contract.ts';
import { DeadlineError } from '../../deadline.ts';
import type { HttpClient } from '../http/http-client.ts';
import { showAddress } from '../page-url.ts';
import { type Visit, type VisitOptions, visitPage } from '../visit-page.ts';
import { describeLimits } from './describe-limits.ts';
import { inspectExternalLinks } from './external-links.ts';
import { inspectFragments } from './fragment-links.ts';
import { inspectLinks } from './inspect-links.ts';
import { judgePage } from './judge-page.ts';
import type { LinkInspector } from './link-inspector.ts';
import { createPageClaims, type PageClaims } from './page-claims.ts';
import { createPageRules } from './page-rules.ts';
import { createWalkNotes, type WalkNotes } from './walk-notes.ts';
import { walkPages } from './walk-pages.ts';

export interface WalkAppOptions extends Omit<VisitOptions, 'decided' | 'isExcluded' | 'origin'> {
  readonly settings: CheckSettings;
}

const ALONE = 'Only the home page was checked, since it has no links.';

/** Walks the app from its own URL: yields a flow for each page, then what was not looked at. */
export async function* walkApp(url: URL, options: WalkAppOptions): AsyncGenerator<RunnerResult> {
  const { client, limits, settings } = options;
  const notes = createWalkNotes();
  const claims = createPageClaims({
    home: url.href,
    limits,
    rules: createPageRules(settings),
    onRefused: (refusal, href) => notes.add(refusal, href),
  });
  let seen = 0;
  let rateLimited = 0;
  let hasPassed = false;
  let hasLinks = false;
  const visits = visitPages(url, { ...options, claims });
  for await (const { visit, links } of inspectLinks(visits, createInspectors({ ...options, notes }))) {
    noteVisit(visit, notes);
    if (visit.answer.kind === 'excluded') {
      claims.leaveOutRedirect(visit.answer.url);
    }
    const flow = judgePage(visit, links, limits);
    const isLimited = visit.answer.kind === 'rate-limited' || visit.report.rateLimited > 0;
    rateLimited += isLimited ? 1 : 0;
    const isCutShort = flow.status === 'skipped' && (visit.walkEnded || links.unseen > 0);
    seen += isCutShort && !isLimited ? 0 : 1;
    hasPassed ||= flow.status === 'passed';
    hasLinks ||= visit.hasLinks;
    yield { flow, known: claims.pages.length };
  }
  const isAlone = !claims.hasOthers() && !hasLinks && hasPassed && !notes.has('shell');
  const warnings = [...(isAlone ? [ALONE] : []), ...notes.list(), ...listSentAgain(client)];
  for (const warning of warnings) {
    yield { warning };
  }
  yield* describeLimits({ claims, seen, rateLimited, limits, settings });
}

function createInspectors(options: WalkAppOptions & { readonly notes: WalkNotes }): LinkInspector[] {
  const { external_links, fragments } = options.settings;
  return [
    ...(fragments === true ? [inspectFragments(options.notes)] : []),
    ...(external_links === true ? [inspectExternalLinks(options)] : []),
  ];
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
  claims.claim(start, { links: home.links.own, arrivedAt: home.arrivedAt });
  yield home;
  const { isExcluded } = claims;
  yield* walkPages({ ...options, claims, isExcluded, origin: (home.arrivedAt ?? url).origin });
}

function noteVisit({ arrivedAt, answer, leftOut, isShell, report }: Visit, notes: WalkNotes): void {
  if (arrivedAt === null) {
    return;
  }
  const { href } = arrivedAt;
  if (isShell) {
    notes.add('shell', href);
  }
  if (answer.kind === 'page' && answer.isCut) {
    notes.add('cut', href);
  }
  const allLeftOut = leftOut + report.leftOut;
  if (allLeftOut > 0) {
    notes.add('left out', href, allLeftOut);
  }
  for (const warning of report.warnings) {
    notes.addSentence(warning);
  }
}

function listSentAgain({ sentAgain }: HttpClient): string[] {
  return [...sentAgain].map(([status, count]) => {
    const requests = `${count.toLocaleString('en')} ${count === 1 ? 'request was' : 'requests were'}`;
    return `${requests} answered ${status} ${STATUS_CODES[status] ?? ''} and sent again.`;
  });
}

function assertReached({ page, unreachable }: Visit, signal: AbortSignal): void {
  // A visit that was cancelled says nothing about the app; the caller throws the signal's reason.
  const cutShort = signal.aborted && !(signal.reason instanceof DeadlineError);
  if (unreachable === null || cutShort) {
    return;
  }
  throw new CheckError(`${showAddress(page.url)} ${unreachable.reason}. ${unreachable.advice}`);
}
