import type { FlowResult } from '../../contract.ts';
import { showSeconds } from '../../deadline.ts';
import type { AssetFailure } from '../asset-checker.ts';
import { showPath } from '../page-url.ts';
import type { Visit } from '../visit-page.ts';
import type { WalkLimits } from '../walk-limits.ts';

/** What is known of a page's links, apart from the pages that they lead to. */
export interface LinkReport {
  readonly failures: readonly AssetFailure[];
  /** How many could not be judged before the time of the walk was over. */
  readonly unseen: number;
}

type Judgement = Pick<FlowResult, 'status' | 'error' | 'cause'>;

const NAMED_FAILURES = 3;

/** The flow of a page that was opened. */
export function judgePage(visit: Visit, links: LinkReport, limits: WalkLimits): FlowResult {
  const { name, duration_ms } = visit;
  return { name, ...judge(visit, links, limits), duration_ms };
}

function judge(visit: Visit, links: LinkReport, limits: WalkLimits): Judgement {
  const { name, page, answer, report, walkEnded } = visit;
  if (answer.kind === 'outside') {
    return judgeOutside(visit, answer.url);
  }
  if (answer.kind === 'excluded') {
    return skip(`redirects to ${showPath(answer.url)}, which is excluded and was not opened`);
  }
  if (answer.kind === 'rate-limited' && page.linkedFrom !== null) {
    return skip(`${answer.reason}, also when it was requested again`);
  }
  if (answer.kind !== 'page') {
    if (walkEnded && page.linkedFrom !== null) {
      return skip(`not finished: ${timeIsUp(limits)}`);
    }
    const from = page.linkedFrom === null ? '' : `; linked from ${showPath(page.linkedFrom)}`;
    // A host that cannot be reached is one cause for all its pages. Two pages that respond 404 are two causes.
    const cause = answer.kind === 'unreachable' ? answer.reason : `${name} ${answer.reason}`;
    return { status: 'failed', error: answer.reason + from, cause };
  }
  const failures = [...report.failures, ...links.failures];
  const [first] = failures;
  if (first !== undefined) {
    return { status: 'failed', error: showFailures(failures), cause: first.cause };
  }
  if (report.unseen > 0) {
    return skip(
      `${report.unseen} of its images, scripts and styles were not checked: ${whyUnseen(visit, limits)}`,
    );
  }
  if (links.unseen > 0) {
    return skip(`${links.unseen} of its links to other sites were not checked: ${timeIsUp(limits)}`);
  }
  return { status: 'passed', error: null, cause: null };
}

/** Of the app's own URL, only a redirect to something other than http or https is outside the app. */
function judgeOutside({ page }: Visit, url: URL): Judgement {
  const error = `redirects to ${originOf(url)}, which is outside the app`;
  return page.linkedFrom === null ? { status: 'failed', error, cause: error } : skip(error);
}

function whyUnseen({ report, walkEnded }: Visit, limits: WalkLimits): string {
  if (report.rateLimited > 0) {
    return 'the app responded 429 Too Many Requests, also when it was requested again';
  }
  return walkEnded ? timeIsUp(limits) : `there were too many for ${showSeconds(limits.pageMs)}`;
}

function skip(error: string): Judgement {
  return { status: 'skipped', error, cause: null };
}

function showFailures(failures: readonly AssetFailure[]): string {
  const named = failures
    .slice(0, NAMED_FAILURES)
    .map(({ text }) => text)
    .join('; ');
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
