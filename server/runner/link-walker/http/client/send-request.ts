import { type Dispatcher, request } from 'undici';
import type { Access } from './access.ts';
import type { Cookies } from './cookies.ts';

export interface SendOptions {
  readonly signal: AbortSignal;
  readonly method?: 'GET' | 'HEAD';
  /** By default what a browser accepts as a page. */
  readonly accept?: string;
  /** How many bytes of the body are enough, from the first. The answer may be whole all the same. */
  readonly firstBytes?: number;
}

/** Sends one request once, and keeps the cookies that its answer sets. */
export type Send = (url: URL, options: SendOptions) => Promise<Dispatcher.ResponseData>;

export interface SenderOptions {
  readonly agent: Dispatcher;
  readonly cookies: Cookies;
  readonly access: Access;
}

const STALE_SOCKET_CODES = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const PAGE_TYPES = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

export function createSender({ agent, cookies, access }: SenderOptions): Send {
  const sendOnce = async (
    url: URL,
    { signal, method = 'GET', accept = PAGE_TYPES, firstBytes }: SendOptions,
  ) => {
    const { cookie: given = '', ...own } = access.headersFor(url);
    const cookie = [given, await cookies.header(url)].filter((part) => part !== '').join('; ');
    const headers = {
      accept,
      'accept-encoding': 'gzip, br, zstd, deflate',
      ...(firstBytes === undefined ? {} : { range: `bytes=0-${firstBytes - 1}` }),
      ...own,
      ...(cookie === '' ? {} : { cookie }),
    };
    return request(url, { dispatcher: agent, signal, method, headers });
  };

  return async (url, options) => {
    // Try once more, as browsers do: the server may have closed a kept-alive socket just before this request.
    const response = await sendOnce(url, options).catch((error: NodeJS.ErrnoException) => {
      if (!STALE_SOCKET_CODES.has(error.code ?? '') || options.signal.aborted) {
        throw error;
      }
      return sendOnce(url, options);
    });
    // The body may break before anybody reads it, while cookies are stored. Its reader still gets the error.
    response.body.on('error', () => undefined);
    await cookies.store(url, response.headers['set-cookie']);
    return response;
  };
}
