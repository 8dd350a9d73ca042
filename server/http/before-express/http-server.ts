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
  /** Without a byte either way, as with a client that does not read its answer. */
  readonly silenceMs: number;
  /** How often the first two are looked at. */
  readonly checkEveryMs: number;
}

const DEFAULT_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than the usual load balancer's, which then is the one to close idle connections.
  keepAliveMs: 75_000,
  // Longer than the longest `?wait=`, during which neither side says a word.
  silenceMs: 90_000,
  checkEveryMs: 2_000,
};

/** The HTTP server around the app, which does not listen yet; `limits` are for tests that cannot wait that long. */
export function createHttpServer(app: RequestListener, limits: Partial<HttpLimits> = {}): Server {
  const { headersMs, requestMs, keepAliveMs, silenceMs, checkEveryMs } = { ...DEFAULT_LIMITS, ...limits };
  const options = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: checkEveryMs,
    // Node's own answer to a request without Host is no problem document; `unambiguous.ts` gives one.
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
  // Any expectation but 100-continue: to go on without it is allowed, and every client can read the answer.
  server.on('checkExpectation', answer);
  return server;
}

/**
 * Whether an answer to what is malformed would be read as that. To a request whose end is malformed there may
 * be an answer already; and what follows a request that waits for its own answer would be taken for it.
 */
function mayBeAnswered(newest: ServerResponse | undefined): boolean {
  if (newest === undefined) {
    return true;
  }
  return newest.req.complete ? newest.writableFinished : !newest.headersSent;
}
