/** Enough for the links that the pages of a site have in common. */
const MAX_URLS = 10_000;
const MAX_CHARACTERS = 300;

const WORD = /^[\w~-]/;

/**
 * Absolute URLs that pages of a walk refer to. To make a reference absolute takes several times as long as to find it
 * here, and the pages of a site refer to the same ones again and again.
 */
export class KnownUrls {
  /** By what comes before the reference, and by the reference. */
  readonly #urls = new Map<string, Map<string, string>>();
  #size = 0;

  /**
   * A reference that is written as URLs are belongs to what comes before it, and is found there when a parser once
   * made the same URL of the two. `undefined`: only a parser can tell.
   */
  find(href: string, base: Base): string | undefined {
    const start = startOf(href, base);
    return start === null ? undefined : this.#urls.get(start)?.get(href);
  }

  /** `url` is what a parser made of the reference. */
  add(href: string, base: Base, url: string): void {
    const start = startOf(href, base);
    const isPlain = start !== null && url.length === start.length + href.length && url.endsWith(href);
    if (!isPlain || !url.startsWith(start) || this.#size >= MAX_URLS) {
      return;
    }
    const known = this.#urls.get(start) ?? new Map<string, string>();
    this.#urls.set(start, known);
    // A part of the URL: the reference as it was given is a part of its page, and would keep all of that in memory.
    known.set(url.slice(start.length), url);
    this.#size += 1;
  }
}

/** What references of a page are relative to. */
export interface Base {
  readonly href: string;
  /** `https://shop.example` */
  readonly origin: string;
  /** `https://shop.example/docs/` */
  readonly folder: string;
}

export function createBase(href: string): Base {
  const path = href.indexOf('/', href.indexOf('//') + 2);
  const [withoutQuery = ''] = href.split(/[?#]/, 1);
  return { href, origin: href.slice(0, path), folder: href.slice(0, withoutQuery.lastIndexOf('/') + 1) };
}

/** What comes before a reference in its absolute URL; `null` where that is not sure. */
function startOf(href: string, { origin, folder }: Base): string | null {
  if (href.length > MAX_CHARACTERS) {
    return null;
  }
  if (href.startsWith('/')) {
    return href[1] === '/' || href[1] === '\\' ? null : origin;
  }
  return WORD.test(href) && !href.includes(':') ? folder : null;
}
