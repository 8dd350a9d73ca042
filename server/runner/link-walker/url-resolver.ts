import { isTooLong, MAX_HOST_CHARACTERS, parseHttpUrl } from './page-url.ts';

/** Of all URLs of a page together, those they are relative to included. More than real pages have. */
const MAX_PARSED_CHARACTERS = 4_000_000;
/** Of all URLs of a page together, when they are absolute. */
const MAX_KEPT_CHARACTERS = 2_000_000;

/** `//host`, `/path` and `https://host/path` need no more of a base than its origin. */
const NEEDS_ORIGIN_ALONE = /^[\0-\x20]*(https?:|[/\\])/i;

/** Makes the URLs of one page absolute, while they are together not more than a page may have. */
export class UrlResolver {
  /** How many URLs were not made absolute because they, or all together, are too long. */
  leftOut = 0;
  readonly #base: string;
  /** Whether `#base` is only the origin of a base that is too long. */
  readonly #isCut: boolean;
  #parsed = 0;
  #kept = 0;

  /** `base` is that of the page, as written; `url` is where the page was found. */
  constructor(base: string | null, url: URL) {
    const given = base === null ? null : parseHttpUrl(cutBase(base), url);
    this.#isCut = base !== null && given !== null && (isTooLong(base) || isTooLong(given.href));
    const { origin, href } = given ?? url;
    this.#base = this.#isCut ? `${origin}/` : href;
  }

  /** The absolute URL; `null` when it is neither http nor https, or left out. `href` has no fragment. */
  resolve(href: string): string | null {
    this.#parsed += this.#base.length + href.length;
    const isFull = this.#parsed > MAX_PARSED_CHARACTERS || this.#kept > MAX_KEPT_CHARACTERS;
    if (isFull || (this.#isCut && !NEEDS_ORIGIN_ALONE.test(href))) {
      this.leftOut += 1;
      return null;
    }
    const target = parseHttpUrl(href, this.#base)?.href ?? null;
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
}

/** Enough for the origin, which is all that is taken of a base that is too long. */
function cutBase(base: string): string {
  return isTooLong(base) ? base.slice(0, MAX_HOST_CHARACTERS) : base;
}
