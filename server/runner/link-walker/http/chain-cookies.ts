import type { Dispatcher } from 'undici';

/**
 * The cookies of one chain of redirects. Some sites set a cookie and redirect to the same page; without the cookie
 * they would seem to redirect in a loop. Cookies end with their chain, so that no page changes another.
 */
export class ChainCookies {
  #origin = '';
  readonly #pairs = new Map<string, string>();

  /** Stores the cookies of a response from `url`. Paths, domains and dates do not matter within one chain. */
  store(url: URL, headers: Dispatcher.ResponseData['headers']): void {
    this.#forgetOthers(url);
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = line.split(';', 1);
      const [name = ''] = pair.split('=', 1);
      this.#pairs.set(name.trim(), pair.trim());
    }
  }

  /** The `Cookie` header for `url`; empty when its origin set no cookie. */
  header(url: URL): string {
    this.#forgetOthers(url);
    return [...this.#pairs.values()].join('; ');
  }

  #forgetOthers(url: URL): void {
    if (url.origin !== this.#origin) {
      this.#pairs.clear();
    }
    this.#origin = url.origin;
  }
}
