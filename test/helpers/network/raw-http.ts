import { connect, type Socket } from 'node:net';

/** An answer as received, unprocessed. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawConnection {
  readonly socket: Socket;
  /** All answers, once the server has closed the connection. */
  readonly answers: Promise<readonly RawAnswer[]>;
}

/** A connection for requests that no HTTP client would send. An error counts as its end. */
export function openRaw({ url }: { readonly url: string }, bytes: string | Buffer = ''): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  const answers = new Promise<readonly RawAnswer[]>((resolve) =>
    socket.once('close', () => resolve(parseAnswers(Buffer.concat(chunks).toString('latin1')))),
  );
  socket.write(bytes);
  return { socket, answers };
}

/** Sends `bytes`. The last request must say `Connection: close`, unless the server refuses its form. */
export function sendRaw(server: { readonly url: string }, bytes: string | Buffer) {
  return openRaw(server, bytes).answers;
}

/** Splits consecutive answers. An answer without a length, as in HTTP/1.0, ends with the connection. */
function parseAnswers(text: string): RawAnswer[] {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) {
    return [];
  }
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const status = Number(statusLine.split(' ')[1]);
  const { body, rest } = readBody(status, headers, text.slice(end + 4));
  return [{ status, headers, body }, ...parseAnswers(rest)];
}

function readBody(
  status: number,
  headers: RawAnswer['headers'],
  text: string,
): { body: string; rest: string } {
  if (status < 200 || status === 204 || status === 304) {
    return { body: '', rest: text };
  }
  if (headers['transfer-encoding'] === 'chunked') {
    return readChunks(text);
  }
  const length = Number(headers['content-length'] ?? text.length);
  return { body: text.slice(0, length), rest: text.slice(length) };
}

function readChunks(text: string): { body: string; rest: string } {
  let body = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('\r\n', at) + 2;
    const size = Number.parseInt(text.slice(at, start), 16);
    at = start + size + 2;
    if (!(size > 0)) {
      return { body, rest: text.slice(at) };
    }
    body += text.slice(start, start + size);
  }
}
