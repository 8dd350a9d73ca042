import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError } from '../errors.ts';
import type { ErrorAnswer } from '../problem.ts';
import type { PreExpressHandler } from './run-before-express.ts';

/** How many requests of a connection may wait for the answers before them. */
const WAITING_LIMIT = 100;
/** From this number of waiting requests on, no more bytes of the connection are read. */
const PAUSED_FROM = 16;

const SURPLUS = new ApiError(
  'too_many_requests',
  `More than ${WAITING_LIMIT} requests of this connection waited for an answer. ` +
    'Read answers before you send more, and send the unanswered requests again on a new connection.',
  { headers: { 'Retry-After': '1', Connection: 'close' } },
);

/** Two pre-Express handlers that bound what one connection can have under way. */
export interface ConnectionTurns {
  /** Starts a request once the answer before it on its connection is sent. The first handler of all. */
  readonly takeTurn: PreExpressHandler;
  /** Refuses (429) a connection that sent too many requests, and closes it. */
  readonly refuseSurplus: PreExpressHandler;
}

/** A connection with a request under way. */
interface Line {
  readonly waiting: Turn[];
  /** True once too many waited. Requests that were read after that are dropped: the connection is being closed. */
  isSurplus: boolean;
}

interface Turn {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly start: () => void;
}

/**
 * Node starts all requests that it reads from a connection at once, and holds their answers back until they may be sent
 * in order. So one client could have hundreds of requests at the database, and their answers in memory. Here the
 * requests of one connection run one after the other, like those of a client that waits for each answer.
 *
 * Node cannot stop within the bytes that it has read, up to 64 KiB. A connection with more than `WAITING_LIMIT`
 * requests in them gets the answer that is under way and one refusal. The waiting ones are dropped.
 */
export function createConnectionTurns(answerError: ErrorAnswer): ConnectionTurns {
  const lines = new WeakMap<Socket, Line>();

  function begin({ req, res, start }: Turn, line: Line): void {
    // After the answer is flushed, or after the connection has broken.
    res.once('close', () => startNext(req.socket, line));
    try {
      start();
    } catch (error) {
      answerError(error, res);
    }
  }

  function startNext(socket: Socket, line: Line): void {
    // The last answer of a connection may say that it closes: what was sent after that request is not started.
    const next = socket.writable ? line.waiting.shift() : undefined;
    if (next === undefined) {
      lines.delete(socket);
      return;
    }
    if (line.waiting.length === PAUSED_FROM - 1 && !line.isSurplus) {
      socket.resume();
    }
    begin(next, line);
  }

  function join(turn: Turn, line: Line): void {
    if (line.waiting.length < WAITING_LIMIT && !line.isSurplus) {
      line.waiting.push(turn);
    } else if (!line.isSurplus) {
      line.isSurplus = true;
      line.waiting.length = 1;
    }
    if (line.waiting.length >= PAUSED_FROM || line.isSurplus) {
      turn.req.socket.pause();
    }
  }

  return {
    takeTurn(req, res, start) {
      const line = lines.get(req.socket);
      if (line !== undefined) {
        join({ req, res, start }, line);
        return;
      }
      const opened: Line = { waiting: [], isSurplus: false };
      lines.set(req.socket, opened);
      begin({ req, res, start }, opened);
    },
    refuseSurplus(req, res, next) {
      if (lines.get(req.socket)?.isSurplus) {
        answerError(SURPLUS, res);
      } else {
        next();
      }
    },
  };
}
