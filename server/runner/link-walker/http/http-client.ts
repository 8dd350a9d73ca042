import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { DeadlineError } from '../../deadline.ts';
import type { ConnectorOptions } from '../../network/connector.ts';
import { Access, type AccessSettings } from './client/access.ts';
import { connectApart } from './client/connect-apart.ts';
import { Cookies } from './client/cookies.ts';
import { HostGate } from './client/host-gate.ts';
import { Patience, retryAfterMs } from './client/patience.ts';
import { createSender, type Send, type SendOptions } from './client/send-request.ts';
import { showStatus, TOO_MANY_REQUESTS } from './status.ts';

export interface GetOptions extends SendOptions {
  /** When `signal` will abort, in the time of `performance.now()`. No pause before another try goes beyond it. */
  readonly until?: number;
}

export interface HttpClient {
  /**
   * Sends one request and follows no redirect. A host that is busy is asked again, as long as that is of use. Rejects with
   * the error of the socket or of undici, the signal's reason, or a `RateLimitError`. The body must be read or destroyed:
   * until then it counts as a request at once.
   */
  get(url: URL, options: GetOptions): Promise<Dispatcher.ResponseData>;
  readonly cookies: Cookies;
  readonly access: Access;
  /** How many requests were answered with a status and were sent again, by that status. */
  readonly sentAgain: ReadonlyMap<number, number>;
  /** Closes all connections, also those in use. */
  close(): Promise<void>;
}

export interface HttpClientOptions extends ConnectorOptions {
  /** To one host. */
  readonly requestsAtOnce?: number;
  /** The app's URL, whose origin gets what `access` says. */
  readonly appUrl?: URL;
  readonly access?: AccessSettings;
}

/** The time was up while the host was left alone, since it had answered `429`. */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
}

const REQUESTS_AT_ONCE = 8;
/** As in Chromium. */
const MAX_HEADER_BYTES = 256 * 1024;
const DISCARDED_BYTES = 16 * 1024;

/** Sends all requests of one walk. `signal` closes every connection, also those that are being made. */
export function createHttpClient({
  requestsAtOnce = REQUESTS_AT_ONCE,
  appUrl,
  access: accessSettings,
  ...connectorOptions
}: HttpClientOptions): HttpClient {
  const agent = new Agent({
    connect: connectApart(connectorOptions),
    connections: requestsAtOnce,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The page's deadline limits both, also when a server sends a byte now and then.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const cookies = new Cookies();
  const access = new Access(appUrl ?? null, accessSettings);
  const send = createSender({ agent, cookies, access });
  const hosts = new Map<string, Host>();
  const sentAgain = new Map<number, number>();
  return {
    get(url, options) {
      const host = hosts.get(url.host) ?? new Host(requestsAtOnce);
      hosts.set(url.host, host);
      return host.ask(send, { url, options, sentAgain });
    },
    cookies,
    access,
    sentAgain,
    close: () => agent.destroy(),
  };
}

interface Question {
  readonly url: URL;
  readonly options: GetOptions;
  readonly sentAgain: Map<number, number>;
}

/** What is known of one host, and how it is asked. */
class Host {
  readonly #gate: HostGate;
  readonly #patience = new Patience();

  constructor(requestsAtOnce: number) {
    this.#gate = new HostGate(requestsAtOnce);
  }

  /** Sends the request until it has an answer to keep. */
  async ask(send: Send, { url, options, sentAgain }: Question): Promise<Dispatcher.ResponseData> {
    for (let tries = 1; ; tries += 1) {
      const begunAt = performance.now();
      const response = await this.#askOnce(send, url, options);
      const { statusCode: status } = response;
      const asked = retryAfterMs(response.headers['retry-after']);
      const { until = Number.POSITIVE_INFINITY } = options;
      const pauseMs = this.#patience.pauseAfter({ status, tries, asked, until });
      this.#adapt(status, { begunAt, pauseMs });
      if (pauseMs === null) {
        return response;
      }
      discard(response);
      if (tries === 1) {
        sentAgain.set(status, (sentAgain.get(status) ?? 0) + 1);
      }
      // The gate holds all requests to a host that has too many. Other answers may be those of one page.
      if (status !== TOO_MANY_REQUESTS) {
        await sleep(pauseMs, undefined, { signal: options.signal });
      }
    }
  }

  async #askOnce(send: Send, url: URL, options: GetOptions): Promise<Dispatcher.ResponseData> {
    const leave = await this.#enter(options.signal);
    try {
      const response = await send(url, options);
      if (response.body.closed) {
        leave();
      }
      response.body.once('close', leave);
      return response;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #enter(signal: AbortSignal): Promise<() => void> {
    try {
      return await this.#gate.enter(signal);
    } catch (error) {
      throw error instanceof DeadlineError && this.#gate.isLimiting ? new RateLimitError() : error;
    }
  }

  #adapt(status: number, refusal: { readonly begunAt: number; readonly pauseMs: number | null }): void {
    if (status === TOO_MANY_REQUESTS) {
      this.#gate.slowDown(refusal);
    } else if (status < 500) {
      this.#gate.speedUp();
    }
  }
}

/** A sentence for each status that requests were sent again for. */
export function describeSentAgain(sentAgain: HttpClient['sentAgain']): string[] {
  return [...sentAgain].map(([status, requests]) => {
    const answered = `answered ${showStatus(status)} and`;
    return requests === 1
      ? `1 request was ${answered} was sent again.`
      : `${requests.toLocaleString('en')} requests were ${answered} were sent again.`;
  });
}

/** Reads a little of the rest in the background, so that the connection can be used again. */
export function discard(response: Dispatcher.ResponseData): void {
  response.body.dump({ limit: DISCARDED_BYTES }).catch(() => undefined);
}
