import { parseRefresh } from './html/parse-refresh.ts';
import { isTooLong, keyOf, parseHttpUrl } from './page-url.ts';
import type { Link } from './parse-page.ts';
import { TimeSlices } from './time-slices.ts';

/** A link that the walk may follow. */
export interface OwnLink {
  readonly href: string;
  /** Links with the same key lead to the same page. */
  readonly key: string;
}

export interface FragmentLink extends OwnLink {
  readonly fragments: readonly string[];
}

/** The links of one page, by what the walk does with them. */
export interface PageLinks {
  /** To pages of the same origin that are not decided, each page once. */
  readonly own: readonly OwnLink[];
  /** To pages of the same origin with a fragment; none unless fragments were asked for. */
  readonly withFragments: readonly FragmentLink[];
  /** To other origins; none unless they are asked for. */
  readonly external: readonly string[];
}

export interface ChooseLinksOptions {
  /** Where the page was found. */
  readonly url: URL;
  /** The page's `Refresh` header. */
  readonly refresh: string | null;
  readonly isExternal: boolean;
  readonly decided: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

export const NO_LINKS: PageLinks = { own: [], withFragments: [], external: [] };

/** Sorts the links of a page. Rejects with the reason of `signal` when that is aborted. */
export async function chooseLinks(
  links: readonly Link[],
  { url, refresh, isExternal, decided, signal }: ChooseLinksOptions,
): Promise<PageLinks> {
  const slices = new TimeSlices(signal);
  const ownStart = `${url.origin}/`;
  const own = new Map<string, OwnLink>();
  const withFragments: FragmentLink[] = [];
  const external: string[] = [];
  for (const { href, fragments } of [...links, ...linkOfRefresh(refresh, url)]) {
    if (href.startsWith(ownStart)) {
      const key = keyOf(href);
      if (!decided.has(key) && !own.has(key)) {
        own.set(key, { href, key });
      }
      if (fragments.length > 0) {
        withFragments.push({ href, key, fragments });
      }
    } else if (isExternal) {
      external.push(href);
    }
    if (slices.isOver()) {
      await slices.next();
    }
  }
  return { own: [...own.values()], withFragments, external };
}

/** Browsers follow the header as they follow the `meta` element of that name. */
function linkOfRefresh(refresh: string | null, base: URL): Link[] {
  const written = refresh === null ? null : parseRefresh(refresh);
  const url = written === null || isTooLong(written) ? null : parseHttpUrl(written, base);
  if (url === null) {
    return [];
  }
  url.hash = '';
  return [{ href: url.href, fragments: [] }];
}
