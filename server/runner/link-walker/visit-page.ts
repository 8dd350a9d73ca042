import type { CheckSettings, RunOptions } from '../contract.ts';
import { showSeconds, withDeadline } from '../deadline.ts';
import type { AssetChecker, AssetReport } from './asset-checker.ts';
import { chooseLinks, NO_LINKS, type PageLinks } from './choose-links.ts';
import type { FailureReason } from './http/failure-reason.ts';
import { type ArrivedPage, fetchPage, type PageAnswer } from './http/fetch-page.ts';
import type { HttpClient } from './http/http-client.ts';
import type { KnownUrls } from './known-urls.ts';
import { showPath } from './page-url.ts';
import { type Asset, parsePage } from './parse-page.ts';
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
  /** What to look for beside the app's own pages and assets. */
  readonly settings: Pick<CheckSettings, 'external_links' | 'fragments'>;
  /** The app's origin; `null` while the app's own URL may still redirect to another. */
  readonly origin: string | null;
  /** Whether a URL that a page redirects to must be left alone. By default none. */
  readonly isExcluded?: (url: URL) => boolean;
  /** The keys of pages that need not be linked to again. It may grow while the page is visited. */
  readonly decided: ReadonlySet<string>;
  /** The URLs that pages of the walk refer to. */
  readonly known?: KnownUrls;
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
  readonly report: AssetReport;
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
  readonly links: PageLinks;
  /** Whether it has links of any kind, also those that the walk does not follow. */
  readonly hasLinks: boolean;
  readonly assets: readonly Asset[];
  /** How many of its links and assets were left out because a limit was reached. */
  readonly leftOut: number;
  /** The ids of the page; `null` when they were not asked for, or are too many. */
  readonly targets: ReadonlySet<string> | null;
  /** Whether scripts fill the page in. */
  readonly isShell: boolean;
}

const NO_CONTENTS = {
  links: NO_LINKS,
  hasLinks: false,
  assets: [],
  leftOut: 0,
  targets: null,
  isShell: false,
};
const NO_ASSETS: AssetReport = { failures: [], unseen: 0, rateLimited: 0, leftOut: 0, warnings: [] };

/** Opens one page with its assets, within `limits.pageMs`. Never rejects. */
export async function visitPage(page: PageToVisit, options: VisitOptions): Promise<Visit> {
  const { limits, signal } = options;
  const startedAt = performance.now();
  const opened = await withDeadline({ ms: limits.pageMs, signal }, (pageSignal) =>
    openPage(page, { ...options, signal: pageSignal }),
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

async function openPage(
  { url, linkedFrom }: PageToVisit,
  options: VisitOptions,
): Promise<ReadPage & Pick<Visit, 'report'>> {
  const answer = await fetchPage(url, { ...options, isHome: linkedFrom === null });
  const page = await readPage(answer, nameFlow(url), options);
  if (page.answer.kind !== 'page' || page.assets.length === 0) {
    return { ...page, report: NO_ASSETS };
  }
  const { assetChecker, signal } = options;
  const { url: arrivedAt, charset } = page.answer;
  return { ...page, report: await assetChecker.check(page.assets, { url: arrivedAt, charset, signal }) };
}

async function readPage(answer: PageAnswer, name: string, options: VisitOptions): Promise<ReadPage> {
  if (answer.kind !== 'page' || answer.html === null) {
    return { answer, ...NO_CONTENTS };
  }
  options.onReading?.(name);
  try {
    return { answer: { ...answer, html: null }, ...(await readHtml(answer.html, answer, options)) };
  } catch (error) {
    if (!options.signal.aborted) {
      throw error;
    }
    const reason = `could not be read within ${showSeconds(options.limits.pageMs)}`;
    return { answer: { kind: 'failed', reason }, ...NO_CONTENTS };
  }
}

async function readHtml(
  html: string,
  { url, charset, refresh }: ArrivedPage,
  { settings, decided, known, signal }: VisitOptions,
): Promise<Omit<ReadPage, 'answer'>> {
  const { external_links: isExternal = false, fragments = false } = settings;
  const contents = await parsePage(html, url, { signal, fragments, charset, ...(known && { known }) });
  const links = await chooseLinks(contents.links, { url, refresh, isExternal, decided, signal });
  const isRead = ({ href }: Asset) => isExternal || href.startsWith(`${url.origin}/`);
  const hasLinks = contents.links.length > 0;
  return { ...contents, links, hasLinks, assets: contents.assets.filter(isRead) };
}

function nameFlow(url: URL): string {
  return `GET ${showPath(url)}`;
}
