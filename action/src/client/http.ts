import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { getDefaultAutoSelectFamilyAttemptTimeout, Socket } from 'node:net';

/**
 * One HTTP exchange. Uses Node's http client and not `fetch`: loading `fetch` costs half of the time to the first
 * request. Node's client never follows a redirect, which would take the key along, and its errors say what happened.
 */

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly agent: Agent;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** No answer came within the time limit of the request. */
export class HttpTimeoutError extends Error {
  override readonly name = 'HttpTimeoutError';
}

/** A check with thousands of flows is far smaller. A larger body does not come from this server. */
const BODY_LIMIT = 32 * 1024 * 1024;

/** A request with little time has to come to the other addresses within it. For `net.connect`. */
function limitAddress({ timeoutMs }: HttpRequest) {
  const limitMs = Math.min(getDefaultAutoSelectFamilyAttemptTimeout(), Math.ceil(timeoutMs / 4) + 1);
  return { autoSelectFamilyAttemptTimeout: limitMs };
}

/**
 * Sends a request and reads the whole answer. Rejects with the reason of `signal` if that is aborted, with an
 * HttpTimeoutError, or with Node's error about the connection.
 */
export async function sendRequest(options: HttpRequest): Promise<HttpAnswer> {
  // A signal that is already aborted fires no event.
  options.signal.throwIfAborted();
  const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(options.timeoutMs)));
  try {
    const response = await openExchange(options, AbortSignal.any([options.signal, timeout]));
    const body = await readBody(response);
    return { status: Number(response.statusCode), headers: response.headers, body };
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) {
      throw new HttpTimeoutError(`no answer within ${options.timeoutMs} ms`, { cause: error });
    }
    throw error;
  }
}

function openExchange(options: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, url, headers, body, agent } = options;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const [request, sockets] = noteSockets(() =>
      send(url, { method, headers, signal, agent, ...limitAddress(options) }, resolve),
    );
    // Node does not pass an abort on to a request while its tunnel through a proxy is still opening, and waits for
    // ever.
    const giveUp = (): void => {
      for (const socket of sockets) {
        socket.destroy();
      }
      reject(signal.reason);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    request.on('error', reject);
    request.on('close', () => {
      signal.removeEventListener('abort', giveUp);
      // A 101 answer is neither a response nor an error.
      reject(new Error('the connection was closed without an answer'));
    });
    request.end(body);
  });
}

/** Returns the result of `open` and the sockets that it opened; no sockets if it reuses an open one. */
function noteSockets(open: () => ClientRequest): [ClientRequest, readonly Socket[]] {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => {
    const { socket } = Object(message);
    if (socket instanceof Socket) {
      sockets.push(socket);
    }
  };
  subscribe('net.client.socket', note);
  try {
    return [open(), sockets];
  } finally {
    unsubscribe('net.client.socket', note);
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    parts.push(part);
    size += part.length;
    if (size > BODY_LIMIT) {
      throw new Error(`the answer is longer than ${BODY_LIMIT} bytes`);
    }
  }
  return Buffer.concat(parts).toString('utf8');
}
