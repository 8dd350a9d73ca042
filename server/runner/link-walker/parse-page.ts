import type { AssetKind } from './element-references.ts';
import { scanPage } from './scan-page.ts';
import { TimeSlices } from './time-slices.ts';
import { UrlResolver } from './url-resolver.ts';

export interface Asset {
  readonly kind: AssetKind;
  /** An absolute URL, like `links`: strings take less memory than `URL`s. */
  readonly href: string;
  /** The `integrity` attribute as written; absent when there is none. */
  readonly integrity?: string;
}

export type { AssetKind };

export interface PageContents {
  readonly links: readonly string[];
  readonly assets: readonly Asset[];
  /** How many links and assets were left out because a limit was reached. */
  readonly leftOut: number;
}

/**
 * Finds the links of a page and its images, scripts and styles, each once and in the page's order: http and https
 * only, of any origin, without fragments. They are relative to `<base>` where there is one, else to `url`, where the
 * page was found. Work and memory are limited, and other work gets its turn (see `TimeSlices`). Rejects with the
 * reason of `signal` when that is aborted.
 */
export async function parsePage(html: string, url: URL, signal: AbortSignal): Promise<PageContents> {
  const { references, base, leftOut } = await scanPage(html, signal);
  const slices = new TimeSlices(signal);
  const resolver = new UrlResolver(base, url);
  const links = new Set<string>();
  const assets = new Map<string, Asset>();
  for (const { kind, href } of references) {
    const target = resolver.resolve(href);
    if (target !== null) {
      if (kind === 'link') {
        links.add(target);
      } else {
        assets.set(`${kind} ${target}`, { kind, href: target });
      }
    }
    if (slices.isOver()) {
      await slices.next();
    }
  }
  return { links: [...links], assets: [...assets.values()], leftOut: leftOut + resolver.leftOut };
}
