import type { FlowResult, RunOptions } from '../contract.ts';
import { showSeconds, withDeadline } from '../deadline.ts';
import type { AssetChecker, AssetReport } from './asset-checker.ts';
import type { FailureReason } from './http/failure-reason.ts';
import { fetchPage, type PageAnswer } from './http/fetch-page.ts';
import type { HttpClient } from './http/http-client.ts';
import { pageKey, shortenKey, showPath } from './page-url.ts';
import { type Asset, parsePage } from './parse-page.ts';
import { TimeSlices } from './time-slices.ts';
import type { WalkLimits } from './walk-limits.ts';

/** A link that the walk may follow. */
export interface Link {
  readonly href: string;
  /** Links with the same key lead to the same page. */
  readonly key: string;
}

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
  /** The keys of pages that need not be linked to again. It does not change while the page is visited. */
  readonly claimed: ReadonlySet<string>;
  /** The walk's signal. */
  readonly signal: AbortSignal;
  readonly onReading?: RunOptions['onReading'];
}

export interface Visit {
  readonly page: PageToVisit;
  readonly flow: FlowResult;
  /** The page's URL after redirects; `null` when there was no page. */
  readonly arrivedAt: URL | null;
  /** Links to pages of the same origin, each page once; as many of the first as the walk can have a use for. */
  readonly links: readonly Link[];
  /** How many of its links and assets were left out because a limit was reached. */
  readonly leftOut: number;
  /** Why no server answered; `null` when a server did. */
  readonly unreachable: FailureReason | null;
}

type Judgement = Pick<FlowResult, 'status' | 'error' | 'cause'>;

const NAMED_FAILURES = 3;
const NO_ASSETS: AssetReport = { failures: [], unseen: 0, rateLimited: 0, leftOut: 0, warnings: [] };

function nameFlow(url: URL): string {
  return `GET ${showPath(url)}`;
}

/** Opens one page with its assets and returns the result, within `limits.pageMs`. Never rejects. */
export async function visitPage(page: PageToVisit, options: VisitOptions): Promise<Visit> {
  const { limits, signal } = options;
  const name = nameFlow(page.url);
  if (signal.aborted) {
    const error = `not visited: ${timeIsUp(limits)}`;
    const flow: FlowResult = { name, status: 'skipped', duration_ms: 0, error, cause: null };
    return { page, flow, arrivedAt: null, links: [], leftOut: 0, unreachable: null };
  }
  const startedAt = performance.now();
  const { answer, links, leftOut, report } = await withDeadline({ ms: limits.pageMs, signal }, (pageSignal) =>
    openPage(page.url, { ...options, signal: pageSignal }),
  );
  const result = judge({ page, answer, report, limits, walkEnded: signal.aborted });
  return {
    page,
    flow: { name, ...result, duration_ms: Math.round(performance.now() - startedAt) },
    arrivedAt: answer.kind === 'page' ? answer.url : null,
    links,
    leftOut,
    unreachable: answer.kind === 'unreachable' ? answer : null,
  };
}

interface ReadPage extends Pick<Visit, 'links' | 'leftOut'> {
  /** Without the page itself, which is not kept while its assets are checked. */
  readonly answer: PageAnswer;
  /** Of the page's own origin. */
  readonly assets: readonly Asset[];
}

interface OpenedPage extends ReadPage {
  readonly report: AssetReport;
}

async function openPage(url: URL, options: VisitOptions): Promise<OpenedPage> {
  const page = await readPage(url, options);
  const { answer, assets } = page;
  const report =
    answer.kind !== 'page' || assets.length === 0
      ? NO_ASSETS
      : await options.assetChecker.check(assets, { url: answer.url, signal: options.signal });
  return { ...page, report };
}

async function readPage(url: URL, options: VisitOptions): Promise<ReadPage> {
  const { limits, signal } = options;
  const answer = await fetchPage(url, { ...options, isHome: options.origin === null });
  if (answer.kind !== 'page' || answer.html === null) {
    return { answer, links: [], assets: [], leftOut: 0 };
  }
  options.onReading?.(nameFlow(url));
  try {
    const { links, assets, leftOut } = await parsePage(answer.html, answer.url, {
      signal,
      charset: answer.charset,
    });
    const isOwn = (href: string) => href.startsWith(`${answer.url.origin}/`);
    return {
      answer: { ...answer, html: null },
      links: await chooseLinks(links.map(({ href }) => href).filter(isOwn), options),
      assets: assets.filter(({ href }) => isOwn(href)),
      leftOut,
    };
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    const reason = `could not be read within ${showSeconds(limits.pageMs)}`;
    return { answer: { kind: 'failed', reason }, links: [], assets: [], leftOut: 0 };
  }
}

/**
 * The first links that lead to different pages which are not claimed. Not more than all pages of the walk: pages of
 * the same level claim some of them first, and so do redirects, but never more than that.
 */
async function chooseLinks(
  links: readonly string[],
  { claimed, limits, signal }: VisitOptions,
): Promise<Link[]> {
  const slices = new TimeSlices(signal);
  const chosen = new Map<string, Link>();
  for (const href of links) {
    const key = shortenKey(pageKey(href));
    if (!claimed.has(key) && !chosen.has(key)) {
      chosen.set(key, { href, key });
    }
    if (chosen.size >= limits.pages) {
      break;
    }
    if (slices.isOver()) {
      await slices.next();
    }
  }
  return [...chosen.values()];
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
    return { status: isHome ? 'failed' : 'skipped', error, cause: null };
  }
  if (answer.kind !== 'page') {
    if (walkEnded && !isHome) {
      return skip(`not finished: ${timeIsUp(limits)}`);
    }
    const from = page.linkedFrom === null ? '' : `; linked from ${showPath(page.linkedFrom)}`;
    return fail(answer.reason + from, answer.reason);
  }
  if (report.failures.length > 0) {
    const texts = report.failures.map(({ text }) => text);
    return fail(showFailures(texts), report.failures[0]?.cause);
  }
  if (report.unseen > 0) {
    const why = walkEnded ? timeIsUp(limits) : `there were too many for ${showSeconds(limits.pageMs)}`;
    return skip(`${report.unseen} of its images, scripts and styles were not looked at: ${why}`);
  }
  return { status: 'passed', error: null, cause: null };
}

function fail(error: string, cause = error): Judgement {
  return { status: 'failed', error, cause };
}

function skip(error: string): Judgement {
  return { status: 'skipped', error, cause: null };
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
