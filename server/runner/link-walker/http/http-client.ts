import { Agent, type Dispatcher, request } from 'undici';
import { type ConnectorOptions, createConnector } from '../../network/connector.ts';
import { USER_AGENT } from './user-agent.ts';

export interface GetOptions {
  readonly signal: AbortSignal;
  /** The `Cookie` header; empty for none. */
  readonly cookie: string;
}

export interface HttpClient {
  /** One GET, redirects not followed. Rejects with the socket's or undici's error, or the signal's reason. */
  get(url: URL, options: GetOptions): Promise<Dispatcher.ResponseData>;
  /** Cuts whatever is still open. */
  close(): Promise<void>;
}

const STALE_SOCKET_CODES = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** All requests of one walk. `signal` cuts every connection, those still being made included. */
export function createHttpClient(options: ConnectorOptions): HttpClient {
  const agent = new Agent({
    connect: createConnector(options),
    // A page's deadline bounds both, also against a server that sends a byte now and then.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  const get = (url: URL, { signal, cookie }: GetOptions) =>
    request(url, {
      dispatcher: agent,
      signal,
      headers: {
        'user-agent': USER_AGENT,
        accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
        'accept-encoding': 'gzip, br, zstd, deflate',
        ...(cookie === '' ? {} : { cookie }),
      },
    });

  return {
    // Once more, as browsers do: the server may have closed a kept-alive socket just as it was taken for this.
    get: (url, getOptions) =>
      get(url, getOptions).catch((error: NodeJS.ErrnoException) => {
        if (!STALE_SOCKET_CODES.has(error.code ?? '') || getOptions.signal.aborted) {
          throw error;
        }
        return get(url, getOptions);
      }),
    close: () => agent.destroy(),
  };
}
