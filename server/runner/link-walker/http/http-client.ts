import { Agent, type buildConnector, type Dispatcher, request } from 'undici';
import { type ConnectorOptions, createConnector } from '../../network/connector.ts';
import { USER_AGENT } from './user-agent.ts';

export interface GetOptions {
  readonly signal: AbortSignal;
  /** The `Cookie` header; empty to send none. */
  readonly cookie: string;
}

export interface HttpClient {
  /** Sends one GET and follows no redirect. Rejects with the error of the socket or of undici, or the signal's reason. */
  get(url: URL, options: GetOptions): Promise<Dispatcher.ResponseData>;
  /** Closes all connections, also those in use. */
  close(): Promise<void>;
}

const STALE_SOCKET_CODES = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Sends all requests of one walk. `signal` closes every connection, also those that are being made. */
export function createHttpClient(options: ConnectorOptions): HttpClient {
  const agent = new Agent({
    connect: connectApart(options),
    // The page's deadline limits both, also when a server sends a byte now and then.
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
    // Try once more, as browsers do: the server may have closed a kept-alive socket just before this request.
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

/**
 * Gives each connection a signal of its own. `net.connect` listens to the signal it is given for ever and so keeps the
 * socket, and a walk opens thousands: one for each asset that is not read to its end.
 */
function connectApart({ policy, timeoutMs, signal }: ConnectorOptions): buildConnector.connector {
  const open = new Set<AbortController>();
  const abortAll = () => {
    for (const controller of open) {
      controller.abort(signal.reason);
    }
  };
  signal.addEventListener('abort', abortAll, { once: true });
  return (options, callback) => {
    const controller = new AbortController();
    open.add(controller);
    createConnector({ policy, timeoutMs, signal: controller.signal })(options, (error, socket) => {
      if (error !== null) {
        open.delete(controller);
        callback(error, null);
        return;
      }
      socket.once('close', () => open.delete(controller));
      callback(null, socket);
    });
    if (signal.aborted) {
      controller.abort(signal.reason);
    }
  };
}
