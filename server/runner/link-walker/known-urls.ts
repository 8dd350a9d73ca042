/** Enough for the links that the pages of a site have in common. */
const MAX_URLS = 10_000;
const MAX_CHARACTERS = 300;

const WORD = /^[\w~-]/;

/**
 * Absolute URLs that pages of a walk refer to. To make a reference absolute takes several times as long as to find it
 * here, and the pages of a site refer to the same ones again and again.
 */
export class KnownUrls {
  readonly #urls = new Map<string, string>();

  /** What a reference would be as an absolute URL, if it is written as URLs are; `null` when only a parser can tell. */
  guess(href: string, base: Base): string | null {
    if (href.length > MAX_CHARACTERS) {
      return null;
    }
    if (href.startsWith('/')) {
      return href[1] === '/' || href[1] === '\\' ? null : base.origin + href;
    }
    return WORD.test(href) && !href.includes(':') ? base.folder + href : null;
  }

  /** A guess is right when it is the URL of another reference: a parser has read it, and did not change it. */
  find(guess: string | null): string | undefined {
    return guess === null ? undefined : this.#urls.get(guess);
  }

  /** `url` is what a parser made of the reference. */
  add(guess: string | null, url: string): void {
    if (guess === url && this.#urls.size < MAX_URLS) {
      this.#urls.set(url, url);
    }
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
