import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

interface Refusal {
  readonly status: number;
  /** What the client should do. */
  readonly detail: string;
}

/** Answers to input that Node refuses before there is a request, by Node's error code. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    detail: 'The path and the headers are too long. Send less than 16 KiB.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    detail: 'The chunk extensions are too long. Send none.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    detail: 'The request was not complete in time. Send it again.',
  },
};
const MALFORMED: Refusal = { status: 400, detail: 'This is not a well-formed HTTP/1.1 request.' };
const CONNECT: Refusal = {
  status: 400,
  detail: 'This server is not a proxy. Send the request to it directly.',
};

/** Answers input that is no HTTP request with a problem document, like all errors, and closes the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  refuse(socket, REFUSALS[error.code ?? ''] ?? MALFORMED);
}

/** Refuses `CONNECT`, for which Node makes no response object. */
export function refuseConnect(_req: IncomingMessage, socket: Duplex): void {
  // The client may have left already.
  socket.on('error', () => socket.destroy());
  refuse(socket, CONNECT);
}

function refuse(socket: Duplex, { status, detail }: Refusal): void {
  const requestId = randomUUID();
  const title = STATUS_CODES[status] ?? '';
  const code = 'malformed_request';
  const problem = { type: `urn:qassandra:error:${code}`, title, status, detail, code, request_id: requestId };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
