import type { Cookie, CookieJar } from 'tough-cookie';

/** Browsers keep about as many of one site, and no larger ones. */
const MAX_COOKIES = 200;
const MAX_CHARACTERS = 5_000;

interface OpenJar {
  readonly jar: CookieJar;
  /** Of all cookies, the oldest first. */
  readonly stored: Map<string, Cookie>;
}

/**
 * The cookies of one check, as a browser keeps them: by domain and path, until they expire. A preview that is opened with
 * its bypass token sets one, and the pages that follow need it.
 */
export class Cookies {
  #open: Promise<OpenJar> | null = null;

  /** Stores the cookies that an answer from `url` sets. Those that a browser would refuse are ignored. */
  async store(url: URL, lines: string | string[] | undefined): Promise<void> {
    const given = [lines ?? []].flat().filter((line) => line.length <= MAX_CHARACTERS);
    if (given.length === 0) {
      return;
    }
    this.#open ??= openJar();
    const { jar, stored } = await this.#open;
    for (const line of given) {
      const cookie = jar.setCookieSync(line, url.href, { ignoreError: true });
      if (cookie !== undefined) {
        keep(stored, cookie);
      }
    }
    dropOldest(jar, stored);
  }

  /** The `Cookie` header for `url`; empty when there is none to send. */
  async header(url: URL): Promise<string> {
    return this.#open === null ? '' : (await this.#open).jar.getCookieStringSync(url.href);
  }
}

/** The library takes a tenth of a second and some megabytes, and many sites set no cookie. */
async function openJar(): Promise<OpenJar> {
  const library = await import('tough-cookie');
  return { jar: new library.CookieJar(), stored: new Map() };
}

function keep(stored: Map<string, Cookie>, cookie: Cookie): void {
  const id = `${cookie.domain} ${cookie.path} ${cookie.key}`;
  stored.delete(id);
  stored.set(id, cookie);
}

function dropOldest(jar: CookieJar, stored: Map<string, Cookie>): void {
  for (const [id, { domain, path, key }] of stored) {
    if (stored.size <= MAX_COOKIES) {
      return;
    }
    stored.delete(id);
    jar.store.removeCookie(domain ?? '', path ?? '/', key, () => undefined);
  }
}
