import type { RunOptions } from '../contract.ts';
import { showSeconds, withDeadline } from '../deadline.ts';
import type { AssetChecker } from './asset-checker.ts';
import type { FailureReason } from './http/failure-reason.ts';
import { fetchPage, type PageAnswer } from './http/fetch-page.ts';
import type { HttpClient } from './http/http-client.ts';
import { keyOf, showPath } from './page-url.ts';
import { type Asset, parsePage } from './parse-page.ts';
import { TimeSlices } from './time-slices.ts';
import type { WalkLimits } from './walk-limits.ts';

/** Something that a page needs or links to, and that failed. */
export interface PartFailure {
  /** Written in the page's error: `image /img/hero.png responded 404 Not Found`. */
  readonly text: string;
  /** The same wherever the same part failed. */
  readonly cause: string;
}

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
  /** The keys of pages that need not be linked to again. It may grow while the page is visited. */
  readonly decided: ReadonlySet<string>;
  /** The walk's signal. */
  readonly signal: AbortSignal;
  readonly onReading?: RunOptions['onReading'];
}

/** What was found at a page and at its assets. `judgePage` makes a flow of it. */
export interface Visit extends ReadPage {
  readonly page: PageToVisit;
  /** Of its flow. */
  readonly name: string;
  readonly duration_ms: number;
  readonly report: PartReport;
  /** The page's URL after redirects; `null` when there was no page. */
  readonly arrivedAt: URL | null;
  /** Why no server answered; `null` when a server did. */
  readonly unreachable: FailureReason | null;
  /** Whether the walk's time was over when the visit ended. */
  readonly walkEnded: boolean;
}

interface ReadPage {
  /** Without the page itself, which is not kept while its assets are checked. */
  readonly answer: PageAnswer;
  /** Links to pages of the same origin that are not decided, each page once. */
  readonly links: readonly Link[];
  /** How many links to the page's own origin there are, those that are decided included. */
  readonly ownLinks: number;
  /** Of the page's own origin. */
  readonly assets: readonly Asset[];
  /** How many of its links and assets were left out because a limit was reached. */
  readonly leftOut: number;
}

interface PartReport {
  readonly failures: readonly PartFailure[];
  readonly unseen: number;
}

const NO_CONTENTS = { links: [], ownLinks: 0, assets: [], leftOut: 0 };
const NO_PARTS: PartReport = { failures: [], unseen: 0 };

/** Opens one page with its assets, within `limits.pageMs`. Never rejects. */
export async function visitPage(page: PageToVisit, options: VisitOptions): Promise<Visit> {
  const { limits, signal } = options;
  const startedAt = performance.now();
  const opened = await withDeadline({ ms: limits.pageMs, signal }, (pageSignal) =>
    openPage(page.url, { ...options, signal: pageSignal }),
  );
  const { answer } = opened;
  return {
    ...opened,
    page,
    name: nameFlow(page.url),
    duration_ms: Math.round(performance.now() - startedAt),
    arrivedAt: answer.kind === 'page' ? answer.url : null,
    unreachable: answer.kind === 'unreachable' ? answer : null,
    walkEnded: signal.aborted,
  };
}

async function openPage(url: URL, options: VisitOptions): Promise<ReadPage & Pick<Visit, 'report'>> {
  const page = await readPage(url, options);
  if (page.assets.length === 0) {
    return { ...page, report: NO_PARTS };
  }
  const { failures, unseen } = await options.assetChecker.check(page.assets, options);
  return { ...page, report: { failures: failures.map((text) => ({ text, cause: text })), unseen } };
}

async function readPage(url: URL, options: VisitOptions): Promise<ReadPage> {
  const { limits, signal } = options;
  const answer = await fetchPage(url, options);
  if (answer.kind !== 'page' || answer.html === null) {
    return { answer, ...NO_CONTENTS };
  }
  options.onReading?.(nameFlow(url));
  try {
    const { links, assets, leftOut } = await parsePage(answer.html, answer.url, {
      signal,
      charset: answer.charset,
    });
    const isOwn = (href: string) => href.startsWith(`${answer.url.origin}/`);
    const own = links.map(({ href }) => href).filter(isOwn);
    return {
      answer: { ...answer, html: null },
      links: await chooseLinks(own, options),
      ownLinks: own.length,
      assets: assets.filter(({ href }) => isOwn(href)),
      leftOut,
    };
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    const reason = `could not be read within ${showSeconds(limits.pageMs)}`;
    return { answer: { kind: 'failed', reason }, ...NO_CONTENTS };
  }
}

/** The links that lead to different pages which are not decided. */
async function chooseLinks(
  links: readonly string[],
  { decided, signal }: Pick<VisitOptions, 'decided' | 'signal'>,
): Promise<Link[]> {
  const slices = new TimeSlices(signal);
  const chosen = new Map<string, Link>();
  for (const href of links) {
    const key = keyOf(href);
    if (!decided.has(key) && !chosen.has(key)) {
      chosen.set(key, { href, key });
    }
    if (slices.isOver()) {
      await slices.next();
    }
  }
  return [...chosen.values()];
}

function nameFlow(url: URL): string {
  return `GET ${showPath(url)}`;
}
