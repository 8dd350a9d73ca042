import type { FlowResult, RunOptions } from '../contract.ts';
import { showSeconds, withDeadline } from '../deadline.ts';
import type { AssetChecker, AssetReport } from './asset-checker.ts';
import type { FailureReason } from './http/failure-reason.ts';
import { fetchPage, type PageAnswer } from './http/fetch-page.ts';
import type { HttpClient } from './http/http-client.ts';
import { showPath } from './page-url.ts';
import { parsePage } from './parse-page.ts';
import type { WalkLimits } from './walk-limits.ts';

export interface PageToVisit {
  readonly url: URL;
  /** The first page that linked to it; `null` for the app's own URL. */
  readonly linkedFrom: URL | null;
}

export interface VisitOptions {
  readonly client: HttpClient;
  readonly assetChecker: AssetChecker;
  readonly limits: WalkLimits;
  /** The app's origin; `null` while the app's own URL may still redirect to another. */
  readonly origin: string | null;
  /** The walk's signal. */
  readonly signal: AbortSignal;
  readonly onReading: RunOptions['onReading'];
}

export interface Visit {
  readonly page: PageToVisit;
  readonly flow: FlowResult;
  /** The page's URL after redirects; `null` when there was no page. */
  readonly arrivedAt: URL | null;
  /** Links to pages of the same origin. */
  readonly links: readonly URL[];
  /** Why no server answered; `null` when a server did. */
  readonly unreachable: FailureReason | null;
}

type Judgement = Pick<FlowResult, 'status' | 'error'>;

const NAMED_FAILURES = 3;
const NO_ASSETS: AssetReport = { failures: [], unseen: 0 };

function nameFlow(url: URL): string {
  return `GET ${showPath(url)}`;
}

/** Opens one page with its assets and returns the result, within `limits.pageMs`. Never rejects. */
export async function visitPage(page: PageToVisit, options: VisitOptions): Promise<Visit> {
  const { limits, signal } = options;
  const name = nameFlow(page.url);
  if (signal.aborted) {
    const error = `not visited: ${timeIsUp(limits)}`;
    const flow: FlowResult = { name, status: 'skipped', duration_ms: 0, error };
    return { page, flow, arrivedAt: null, links: [], unreachable: null };
  }
  const startedAt = performance.now();
  const { answer, links, report } = await withDeadline({ ms: limits.pageMs, signal }, (pageSignal) =>
    openPage(page.url, { ...options, signal: pageSignal }),
  );
  const result = judge({ page, answer, report, limits, walkEnded: signal.aborted });
  return {
    page,
    flow: { name, ...result, duration_ms: Math.round(performance.now() - startedAt) },
    arrivedAt: answer.kind === 'page' ? answer.url : null,
    links,
    unreachable: answer.kind === 'unreachable' ? answer : null,
  };
}

interface OpenedPage {
  readonly answer: PageAnswer;
  readonly links: readonly URL[];
  readonly report: AssetReport;
}

async function openPage(url: URL, options: VisitOptions): Promise<OpenedPage> {
  const answer = await fetchPage(url, options);
  if (answer.kind !== 'page' || answer.html === null) {
    return { answer, links: [], report: NO_ASSETS };
  }
  options.onReading?.(nameFlow(url));
  const { links, assets } = parsePage(answer.html, answer.url);
  const isOwn = (target: URL) => target.origin === answer.url.origin;
  const report = await options.assetChecker.check(
    assets.filter((asset) => isOwn(asset.url)),
    options,
  );
  return { answer, links: links.filter(isOwn), report };
}

interface JudgeOptions extends Pick<OpenedPage, 'answer' | 'report'> {
  readonly page: PageToVisit;
  readonly limits: WalkLimits;
  readonly walkEnded: boolean;
}

function judge({ page, answer, report, limits, walkEnded }: JudgeOptions): Judgement {
  const isHome = page.linkedFrom === null;
  if (answer.kind === 'outside') {
    const error = `redirects to ${originOf(answer.url)}, which is outside the app`;
    // Of the app's own URL, only a redirect to something other than http or https gets here.
    return { status: isHome ? 'failed' : 'skipped', error };
  }
  if (answer.kind !== 'page') {
    if (walkEnded && !isHome) {
      return { status: 'skipped', error: `not finished: ${timeIsUp(limits)}` };
    }
    const from = page.linkedFrom === null ? '' : `; linked from ${showPath(page.linkedFrom)}`;
    return { status: 'failed', error: answer.reason + from };
  }
  if (report.failures.length > 0) {
    return { status: 'failed', error: showFailures(report.failures) };
  }
  if (report.unseen > 0) {
    const why = walkEnded ? timeIsUp(limits) : `there were too many for ${showSeconds(limits.pageMs)}`;
    const error = `${report.unseen} of its images, scripts and styles were not looked at: ${why}`;
    return { status: 'skipped', error };
  }
  return { status: 'passed', error: null };
}

function showFailures(failures: readonly string[]): string {
  const named = failures.slice(0, NAMED_FAILURES).join('; ');
  const others = failures.length - NAMED_FAILURES;
  return others > 0 ? `${named}; and ${others} more` : named;
}

function timeIsUp({ totalMs }: WalkLimits): string {
  return `the check's ${showSeconds(totalMs)} were over`;
}

/** A URL that is neither http nor https has no origin; its scheme is shown instead. */
function originOf(url: URL): string {
  return url.origin === 'null' ? url.protocol : url.origin;
}
