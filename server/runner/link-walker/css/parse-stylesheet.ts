import { ReferenceList } from '../reference-list.ts';
import { type Asset, resolveReferences } from '../resolve-references.ts';
import { TimeSlices } from '../time-slices.ts';
import { UrlResolver } from '../url-resolver.ts';
import { scanStylesheet } from './scan-stylesheet.ts';

export interface StylesheetContents {
  /** What the stylesheet loads, each once and in its order: other stylesheets, images and fonts. */
  readonly assets: readonly Asset[];
  /** How many were left out because a limit was reached. */
  readonly leftOut: number;
}

/**
 * Finds what a stylesheet loads, relative to `url`, where it was found. Work and memory are limited as those of a page
 * are. Rejects with the reason of `signal` when that is aborted.
 */
export async function parseStylesheet(
  css: string,
  url: URL,
  signal: AbortSignal,
): Promise<StylesheetContents> {
  const slices = new TimeSlices(signal);
  const list = new ReferenceList();
  await scanStylesheet(css, { list, slices });
  const resolver = new UrlResolver({ base: null, url });
  const { assets } = await resolveReferences(list.references, { resolver, slices });
  return { assets, leftOut: list.leftOut + resolver.leftOut };
}
