import { scanPage } from './html/scan-page.ts';
import { KnownUrls } from './known-urls.ts';
import { loadQueryEncoder } from './query-encoder.ts';
import { type Asset, type Link, resolveReferences } from './resolve-references.ts';
import { TimeSlices } from './time-slices.ts';
import { UrlResolver } from './url-resolver.ts';

export type { AssetKind } from './reference-list.ts';
export type { Asset, Link } from './resolve-references.ts';

export interface PageContents {
  readonly links: readonly Link[];
  readonly assets: readonly Asset[];
  /** How many links and assets were left out because a limit was reached. */
  readonly leftOut: number;
  /**
   * The ids and `a name`s of the page, for `hasTarget`; `null` when fragments were not asked for, and when there are
   * too many to keep.
   */
  readonly targets: ReadonlySet<string> | null;
  /** Whether scripts fill the page in: it has scripts, and no links and nearly no text of its own. */
  readonly isShell: boolean;
}

export interface ParsePageOptions {
  readonly signal: AbortSignal;
  /** Whether the fragments of links and their targets are kept. */
  readonly fragments?: boolean;
  /** The page's charset, by which browsers write the queries of its links. */
  readonly charset?: string;
  /** Those of the walk. */
  readonly known?: KnownUrls;
}

/**
 * Finds the links of a page and what a browser would load for it, each once and in the page's order, but what its
 * styles load last: http and https only, of any origin, without fragments. They are relative to `<base>` where there is
 * one, else to `url`, where the page was found. Work and memory are limited, and other work gets its turn (see
 * `TimeSlices`). Rejects with the reason of `signal` when that is aborted.
 */
export async function parsePage(
  html: string,
  url: URL,
  { signal, fragments = false, charset = 'utf-8', known = new KnownUrls() }: ParsePageOptions,
): Promise<PageContents> {
  const { references, base, leftOut, targets, isShell } = await scanPage(html, { signal, fragments });
  const slices = new TimeSlices(signal);
  const resolver = new UrlResolver({ base, url, known, encodeQuery: await loadQueryEncoder(charset) });
  const { links, assets } = await resolveReferences(references, { resolver, slices });
  return { links, assets, leftOut: leftOut + resolver.leftOut, targets, isShell };
}
