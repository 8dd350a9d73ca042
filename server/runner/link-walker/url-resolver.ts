import { type Base, createBase, KnownUrls } from './known-urls.ts';
import { isTooLong, MAX_HOST_CHARACTERS, parseHttpUrl } from './page-url.ts';
import type { QueryEncoder } from './query-encoder.ts';

/** Of all URLs of a page together, those they are relative to included. More than real pages have. */
const MAX_PARSED_CHARACTERS = 4_000_000;
/** Of all URLs of a page together, when they are absolute. */
const MAX_KEPT_CHARACTERS = 2_000_000;

/** `//host`, `/path` and `https://host/path` need no more of a base than its origin. */
const NEEDS_ORIGIN_ALONE = /^[\0-\x20]*(https?:|[/\\])/i;

export interface UrlResolverOptions {
  /** The base of the page, as written; `null` when it has none. */
  readonly base: string | null;
  /** Where the page or stylesheet was found. */
  readonly url: URL;
  /** For pages whose charset is not Unicode. */
  readonly encodeQuery?: QueryEncoder | null;
  /** Those of the walk. */
  readonly known?: KnownUrls;
}

/** Makes the URLs of one page absolute, while they are together not more than a page may have. */
export class UrlResolver {
  /** How many URLs were not made absolute because they, or all together, are too long. */
  leftOut = 0;
  readonly #base: Base;
  readonly #url: Base;
  readonly #known: KnownUrls;
  readonly #encodeQuery: QueryEncoder | null;
  /** Whether `#base` is only the origin of a base that is too long. */
  readonly #isCut: boolean;
  #parsed = 0;
  #kept = 0;

  constructor({ base, url, encodeQuery = null, known = new KnownUrls() }: UrlResolverOptions) {
    this.#encodeQuery = encodeQuery;
    this.#known = known;
    this.#url = createBase(url.href);
    const given = base === null ? null : parseHttpUrl(cutBase(base), url);
    this.#isCut = base !== null && given !== null && (isTooLong(base) || isTooLong(given.href));
    const { origin, href } = given ?? url;
    this.#base = createBase(this.#isCut ? `${origin}/` : href);
  }

  /** The absolute URL; `null` when it is neither http nor https, or left out. `href` has no fragment. */
  resolve(href: string, { ignoresBase = false } = {}): string | null {
    const base = ignoresBase ? this.#url : this.#base;
    this.#parsed += base.href.length + href.length;
    const isFull = this.#parsed > MAX_PARSED_CHARACTERS || this.#kept > MAX_KEPT_CHARACTERS;
    if (isFull || (this.#isCut && !ignoresBase && !NEEDS_ORIGIN_ALONE.test(href))) {
      this.leftOut += 1;
      return null;
    }
    const target = this.#parse(href, base);
    if (target === null) {
      return null;
    }
    this.#kept += target.length;
    if (isTooLong(target)) {
      this.leftOut += 1;
      return null;
    }
    return target;
  }

  #parse(href: string, base: Base): string | null {
    if (this.#encodeQuery !== null) {
      return parseHttpUrl(this.#withEncodedQuery(href), base.href)?.href ?? null;
    }
    const known = this.#known.find(href, base);
    if (known !== undefined) {
      return known;
    }
    const target = parseHttpUrl(href, base.href)?.href ?? null;
    if (target !== null) {
      this.#known.add(href, base, target);
    }
    return target;
  }

  #withEncodedQuery(href: string): string {
    const start = this.#encodeQuery === null ? -1 : href.indexOf('?');
    const query = start === -1 ? '' : href.slice(start + 1);
    if (this.#encodeQuery === null || !/[^\0-\x7f]/.test(query)) {
      return href;
    }
    // URLs are read without line breaks, and without spaces at their end.
    const read = query.replace(/[\t\n\r]+/g, '').replace(/[\0-\x20]+$/, '');
    return `${href.slice(0, start + 1)}${this.#encodeQuery(read)}`;
  }
}

/** Enough for the origin, which is all that is taken of a base that is too long. */
function cutBase(base: string): string {
  return isTooLong(base) ? base.slice(0, MAX_HOST_CHARACTERS) : base;
}
