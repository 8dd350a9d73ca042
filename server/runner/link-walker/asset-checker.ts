import pLimit from 'p-limit';
import { showSeconds, untilAborted, withDeadline } from '../deadline.ts';
import { fetchAsset, isArriving, type Progress } from './assets/fetch-asset.ts';
import { judgeAsset } from './assets/judge-asset.ts';
import { type ReadAsset, StylesheetLoads } from './assets/stylesheet-loads.ts';
import type { HttpClient } from './http/http-client.ts';
import { shortenKey, showAddress, showPath } from './page-url.ts';
import type { Asset, AssetKind } from './parse-page.ts';
import { TimeSlices } from './time-slices.ts';
import type { WalkLimits } from './walk-limits.ts';

export interface AssetFailure {
  /** `image /img/hero.png responded 404 Not Found; loaded by style /app.css`. */
  readonly text: string;
  /** What is the same on all pages that fail for it. */
  readonly cause: string;
}

export interface AssetReport {
  /** In the page's order, and what its stylesheets load after that. */
  readonly failures: readonly AssetFailure[];
  /** How many could not be judged before `signal` aborted, or because their host answered `429`. */
  readonly unseen: number;
  /** How many of `unseen` are because of `429`. */
  readonly rateLimited: number;
  /** How much of what its stylesheets load was not looked at, because a limit was reached. */
  readonly leftOut: number;
  /** Sentences about assets that were looked at in part, each told once in the walk. */
  readonly warnings: readonly string[];
}

export interface CheckOptions {
  /** The page's. */
  readonly url: URL;
  /** The page's, by which browsers read stylesheets that name none. */
  readonly charset: string;
  readonly signal: AbortSignal;
}

export interface AssetChecker {
  /** Fetches the assets of one page, except those that were fetched for another page. Never rejects. */
  check(assets: readonly Asset[], options: CheckOptions): Promise<AssetReport>;
}

export interface AssetCheckerOptions {
  readonly client: HttpClient;
  readonly limits: WalkLimits;
  /** Whether assets of other origins are fetched as well. */
  readonly isExternal?: boolean;
  /** The walk's signal. Fetches go on when their page's time is up, since the next page may need the same asset. */
  readonly signal: AbortSignal;
}

interface Fetching {
  readonly startedAt: number;
  readonly progress: Progress;
  readonly known: Promise<ReadAsset>;
}

/** An asset as one page needs it. */
interface Use extends Asset {
  readonly key: string;
  /** The stylesheet that loads it; `null` for the page itself. */
  readonly loadedBy: Asset | null;
  /** Of what loads it. */
  readonly environment: string;
  known: ReadAsset | 'unseen' | { readonly kind: 'late'; readonly reason: string } | undefined;
}

interface PageAssets {
  readonly slices: TimeSlices;
  /** Kinds and keys. */
  readonly seen: Set<string>;
  /** How many its stylesheets load. */
  loads: number;
  leftOut: number;
}

/** What the stylesheets of one page load, as many as it may refer to itself. */
const MAX_LOADS = 5_000;
/** How many stylesheets may import each other in a row. */
const MAX_IMPORTS = 5;
const MEBIBYTE = 1024 * 1024;
const WORDS: Readonly<Partial<Record<AssetKind, string>>> = { module: 'script' };

/** Checks the assets of all pages of one walk, each once, and at most `limits.assetsAtOnce` at the same time. */
export function createAssetChecker(options: AssetCheckerOptions): AssetChecker {
  return new WalkAssets(options);
}

class WalkAssets implements AssetChecker {
  readonly #options: AssetCheckerOptions;
  /** By the shortened URL: a walk may have as many assets as its pages can name. */
  readonly #fetchings = new Map<string, Fetching | ReadAsset>();
  readonly #slots: ReturnType<typeof pLimit>;
  readonly #loads = new StylesheetLoads();
  /** The keys of assets whose warning was told. */
  readonly #warned = new Set<string>();

  constructor(options: AssetCheckerOptions) {
    this.#options = options;
    this.#slots = pLimit(options.limits.assetsAtOnce);
  }

  async check(assets: readonly Asset[], { url, charset, signal }: CheckOptions): Promise<AssetReport> {
    const uses: Use[] = [];
    const page: PageAssets = { slices: new TimeSlices(), seen: new Set(), loads: 0, leftOut: 0 };
    let level: Use[] = [];
    await this.#use(page, assets, { loadedBy: null, environment: charset, uses: level });
    for (let depth = 0; depth <= MAX_IMPORTS && level.length > 0; depth += 1) {
      await this.#learnAll(page, level, signal);
      uses.push(...level);
      const next: Use[] = [];
      for (const use of level) {
        const { loads, environment } = loadsOf(use, charset);
        await this.#use(page, loads, { loadedBy: use, environment, uses: next });
      }
      level = next;
    }
    const report = await this.#report(page, uses, url);
    return { ...report, leftOut: page.leftOut + level.length + this.#loads.takeLeftOut() };
  }

  /** Adds to `uses` what the page does not use yet of `assets`. `loadedBy` is the stylesheet; `null` for the page itself. */
  async #use(
    page: PageAssets,
    assets: readonly Asset[],
    { loadedBy, environment, uses }: Pick<Use, 'loadedBy' | 'environment'> & { readonly uses: Use[] },
  ): Promise<void> {
    for (const asset of assets) {
      if (page.slices.isOver()) {
        await page.slices.next();
      }
      page.loads += loadedBy === null ? 0 : 1;
      if (page.loads > MAX_LOADS) {
        page.leftOut += 1;
        continue;
      }
      const key = shortenKey(asset.href);
      const id = `${asset.kind} ${key}`;
      if (!page.seen.has(id)) {
        page.seen.add(id);
        uses.push({ ...asset, key, loadedBy, environment, known: this.#find(key) });
      }
    }
  }

  /** What is known of an asset that has been fetched; `undefined` when it has to be waited for. */
  #find(key: string): ReadAsset | 'unseen' | undefined {
    if (this.#options.signal.aborted) {
      return 'unseen';
    }
    const known = this.#fetchings.get(key);
    return known !== undefined && 'kind' in known ? known : undefined;
  }

  /** A queue for each page before the common one, so that a page with hundreds does not delay the others. */
  async #learnAll({ slices }: PageAssets, uses: readonly Use[], signal: AbortSignal): Promise<void> {
    const unknown = uses.filter(({ known }) => known === undefined);
    // Of most pages, all assets are known.
    if (unknown.length > 0) {
      await pLimit(this.#options.limits.assetsAtOnce).map(unknown, async (use) => {
        use.known = await this.#learn(use, signal);
        // Another page may have fetched them all meanwhile: then nothing here waits for anything.
        if (slices.isOver()) {
          await slices.next();
        }
      });
    }
  }

  async #learn(use: Use, signal: AbortSignal): Promise<Use['known']> {
    const { limits, signal: walkSignal } = this.#options;
    if (!this.#fetchings.has(use.key) && !signal.aborted) {
      await untilAborted(
        this.#slots(() => this.#start(use, signal)),
        signal,
      );
    }
    const fetching = this.#fetchings.get(use.key);
    if (fetching === undefined || walkSignal.aborted) {
      return 'unseen';
    }
    if ('kind' in fetching) {
      return fetching;
    }
    const known = await untilAborted(fetching.known, signal);
    if (walkSignal.aborted) {
      return 'unseen';
    }
    if (known !== undefined) {
      return known;
    }
    // The page's time is up. An asset that had most of it is too slow; one that began late waited for others.
    const waitedMs = performance.now() - fetching.startedAt;
    if (isArriving(use, fetching.progress)) {
      return { kind: 'arriving' };
    }
    const isLate = waitedMs >= limits.pageMs / 2;
    return isLate ? { kind: 'late', reason: `did not answer within ${showSeconds(waitedMs)}` } : 'unseen';
  }

  async #start(use: Use, pageSignal: AbortSignal): Promise<void> {
    if (pageSignal.aborted || this.#fetchings.has(use.key)) {
      return;
    }
    const { client, limits, isExternal = false, signal: walkSignal } = this.#options;
    const progress: Progress = { bytes: 0 };
    const known = withDeadline({ ms: limits.pageMs, signal: walkSignal }, async (signal) => {
      const fetched = await fetchAsset(use, { client, limits, isExternal, progress, signal });
      return this.#loads.read(fetched, { environment: use.environment, signal });
    });
    this.#fetchings.set(use.key, { startedAt: performance.now(), progress, known });
    this.#fetchings.set(use.key, await known);
  }

  async #report(
    { slices }: PageAssets,
    uses: readonly Use[],
    url: URL,
  ): Promise<Omit<AssetReport, 'leftOut'>> {
    const failures: AssetFailure[] = [];
    const warnings: string[] = [];
    let unseen = 0;
    let rateLimited = 0;
    for (const use of uses) {
      const { known } = use;
      if (slices.isOver()) {
        await slices.next();
      }
      if (known === undefined || known === 'unseen' || known.kind === 'rate-limited') {
        unseen += 1;
        rateLimited += typeof known === 'object' ? 1 : 0;
        continue;
      }
      const reason = judge(use);
      if (reason !== null) {
        const text = describe(use, reason, url);
        failures.push({ text, cause: text });
      }
      const part = this.#describePart(known);
      if (part !== null && !this.#warned.has(use.key)) {
        this.#warned.add(use.key);
        warnings.push(`${name(use, url)} ${part}.`);
      }
    }
    return { failures, warnings, unseen, rateLimited };
  }

  /** What was only looked at in part; `null` for all else. */
  #describePart(known: Exclude<Use['known'], undefined | string>): string | null {
    const { assetBytes, pageMs } = this.#options.limits;
    if (known.kind === 'arriving') {
      return `was still arriving after ${showSeconds(pageMs)}`;
    }
    return known.kind === 'arrived' && known.isCut
      ? `has more than ${assetBytes / MEBIBYTE} MiB, and the rest was not read`
      : null;
  }
}

/** What a stylesheet loads, and by which charset that is read. */
function loadsOf({ known }: Use, charset: string): { loads: readonly Asset[]; environment: string } {
  return typeof known === 'object' && known.kind === 'arrived'
    ? { loads: known.loads, environment: known.charset ?? charset }
    : { loads: [], environment: charset };
}

function judge(use: Use): string | null {
  const { known } = use;
  if (known === undefined || known === 'unseen') {
    return null;
  }
  switch (known.kind) {
    case 'failed':
    case 'late':
      return known.reason;
    case 'arrived':
      return judgeAsset(use, known.facts);
    default:
      return null;
  }
}

function describe(use: Use, reason: string, url: URL): string {
  const from = use.loadedBy === null ? '' : `; loaded by ${name(use.loadedBy, url)}`;
  return `${name(use, url)} ${reason}${from}`;
}

/** `image /a.png`, or with its host when that is not the page's. */
function name({ kind, href }: Asset, page: URL): string {
  const url = new URL(href);
  return `${WORDS[kind] ?? kind} ${url.origin === page.origin ? showPath(url) : showAddress(url)}`;
}
