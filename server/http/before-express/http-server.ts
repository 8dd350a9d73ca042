import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerClientError, refuseConnect } from './client-error.ts';

/** How long a client may take, in milliseconds. */
export interface HttpLimits {
  /** From the start of a connection or of a request on it to the end of its headers. */
  readonly headersMs: number;
  /** From the start of a request to the end of its body. */
  readonly requestMs: number;
  /** Between an answer and the next request. */
  readonly keepAliveMs: number;
  /** Without a byte in either direction, for example if a client does not read its answer. */
  readonly silenceMs: number;
  /** How often `headersMs` and `requestMs` are checked. */
  readonly checkEveryMs: number;
}

const DEFAULT_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than the time-out of usual load balancers, so that the balancer closes idle connections first.
  keepAliveMs: 75_000,
  // Longer than the longest `?wait=`, during which neither side sends anything.
  silenceMs: 90_000,
  checkEveryMs: 2_000,
};

/** Creates the HTTP server of the app. It does not listen yet. `limits` override the defaults, for tests. */
export function createHttpServer(app: RequestListener, limits: Partial<HttpLimits> = {}): Server {
  const { headersMs, requestMs, keepAliveMs, silenceMs, checkEveryMs } = { ...DEFAULT_LIMITS, ...limits };
  const options = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: checkEveryMs,
    // Node's own answer to a request without Host is no problem document; the one of `ambiguity-refusal.ts` is.
    requireHostHeader: false,
  };
  const newest = new WeakMap<Duplex, ServerResponse>();
  const answer: RequestListener = (req, res) => {
    newest.set(req.socket, res);
    app(req, res);
  };
  const server = createServer(options, answer);
  server.setTimeout(silenceMs);
  server.on('clientError', (error, socket) => {
    if (mayBeAnswered(newest.get(socket))) {
      answerClientError(error, socket);
    } else {
      socket.destroy();
    }
  });
  server.on('connect', refuseConnect);
  // Answer a request with any expectation except 100-continue as usual: HTTP allows it, and every client can read the
  // answer.
  server.on('checkExpectation', answer);
  return server;
}

/**
 * Whether the client would understand an error answer as the answer to its malformed input. A request whose end is
 * malformed may be answered already. And if an earlier request still waits for its answer, the client would take the
 * error for that answer.
 */
function mayBeAnswered(newest: ServerResponse | undefined): boolean {
  if (newest === undefined) {
    return true;
  }
  // A response has no socket while an earlier one is under way, or once it is sent.
  return newest.req.complete ? newest.writableFinished : newest.socket !== null && !newest.headersSent;
}
