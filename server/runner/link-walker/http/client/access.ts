import type { CheckSettings } from '../../../contract.ts';
import { USER_AGENT } from './user-agent.ts';

/** What lets a check in. */
export type AccessSettings = Pick<CheckSettings, 'headers' | 'basic_auth' | 'user_agent_suffix'>;

/** Headers that say how a message is sent. A request that has another of them is another request, or none. */
const OF_THE_CONNECTION =
  /^(host|connection|keep-alive|upgrade|te|trailer|transfer-encoding|content-length|content-type|expect|range|http2-settings|proxy-.*)$/;
const NAME = /^[!#$%&'*+.^_`|~\da-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Decides which requests carry what lets the check in: those to the app's own origins, and no others. Own are the origin of
 * the app's URL, and the one of the same site where that URL led.
 */
export class Access {
  readonly #own: Set<string>;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #userAgent: string;

  constructor(appUrl: URL | null, settings: AccessSettings = {}) {
    this.#own = new Set(appUrl === null ? [] : [appUrl.origin]);
    this.#headers = collectHeaders(settings);
    const suffix = toHeaderValue(settings.user_agent_suffix ?? '');
    this.#userAgent = suffix === null || suffix === '' ? USER_AGENT : `${USER_AGENT} ${suffix}`;
  }

  /** With lower-case names. */
  headersFor(url: URL): Readonly<Record<string, string>> {
    if (!this.#own.has(url.origin)) {
      return { 'user-agent': USER_AGENT };
    }
    return { 'user-agent': this.#userAgent, ...this.#headers };
  }

  /**
   * The app's own URL redirects from `from` to `to`: `www.` in front, or https. That origin is the app's too when it is of
   * the same site and nothing would be sent in the clear that was not before.
   */
  async followHome(from: URL, to: URL): Promise<void> {
    if (this.#own.has(from.origin) && !this.#own.has(to.origin) && (await isSameSite(from, to))) {
      this.#own.add(to.origin);
    }
  }
}

/** An address and a name without dots, which belong to no registrable domain, are a site of their own. */
async function isSameSite(from: URL, to: URL): Promise<boolean> {
  if (to.port !== from.port || (from.protocol === 'https:' && to.protocol !== 'https:')) {
    return false;
  }
  if (to.hostname === from.hostname) {
    return true;
  }
  const { getDomain } = await import('tldts');
  // On `vercel.app` and its like each name belongs to somebody else.
  const options = { allowPrivateDomains: true };
  const domain = getDomain(from.hostname, options);
  return domain !== null && domain === getDomain(to.hostname, options);
}

function collectHeaders({ headers = {}, basic_auth }: AccessSettings): Record<string, string> {
  const collected: Record<string, string> = {};
  if (basic_auth !== undefined) {
    const { username, password } = basic_auth;
    const credentials = Buffer.from(`${username}:${password}`).toString('base64');
    collected.authorization = `Basic ${credentials}`;
  }
  for (const [written, given] of Object.entries(headers)) {
    const name = written.toLowerCase();
    const value = toHeaderValue(given);
    if (NAME.test(name) && !OF_THE_CONNECTION.test(name) && value !== null) {
      collected[name] = value;
    }
  }
  return collected;
}

/** Its UTF-8, a character a byte, as headers are written; `null` when it has characters that end a header. */
function toHeaderValue(value: string): string | null {
  const bytes = Buffer.from(value).toString('latin1');
  return VALUE.test(bytes) ? bytes : null;
}
