import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a request gets instead of the real server's answer. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** These bytes instead of an answer, then the end of the connection. */
  | { readonly kind: 'raw'; readonly text: string }
  /** The request is read and never answered. */
  | { readonly kind: 'silence' }
  /** The real answer begins, and the connection is cut in its middle. */
  | { readonly kind: 'cut' }
  /**
   * The connection is closed before any answer; with `forwarded`, after the real server has handled the
   * request.
   */
  | { readonly kind: 'drop'; readonly forwarded?: boolean }
  /** The real answer, later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The real answer, asked for without `?wait=`. */
  | { readonly kind: 'unheld' }
  /** The real answer with another body, and perhaps another status. */
  | { readonly kind: 'rewrite'; readonly status?: number; readonly body: (real: string) => string };

export interface FaultRule {
  /** Tested against `METHOD /path?query`. */
  readonly on: RegExp;
  /**
   * The faults of the first, second, … matching request; `pass` forwards one. Later requests are forwarded,
   * too.
   */
  readonly faults: readonly (Fault | 'pass')[];
  /** Whether the last fault also applies to all later requests. */
  readonly repeats?: boolean;
}

/** A request as the proxy has received it. Authorization keeps only its scheme. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FaultProxy {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Resolves as soon as a matching request has been read. */
  waitFor(pattern: RegExp): Promise<SeenRequest>;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Stands between the action and the real server: records every request, and applies the faults of the rules.
 */
export async function startFaultProxy(options: { target: string; rules?: FaultRule[] }): Promise<FaultProxy> {
  const requests: SeenRequest[] = [];
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  const chooseFault = createFaultChooser(options.rules ?? []);

  const server = createServer((incoming, response) => {
    void handle(incoming, response).catch(() => response.destroy());
  });
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const seen = await readRequest(incoming);
    const fault = chooseFault(`${seen.method} ${seen.path}`);
    requests.push(seen);
    for (const check of waiting) {
      check();
    }
    await misbehave(fault, response, ({ held }) =>
      forward(new URL(held ? seen.path : seen.path.replace(/\?.*/, ''), options.target), incoming, seen),
    );
  };
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    waitFor: (pattern) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = requests.find((seen) => pattern.test(`${seen.method} ${seen.path}`));
          if (found === undefined) {
            return;
          }
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}

function createFaultChooser(rules: readonly FaultRule[]): (line: string) => Fault | 'pass' {
  const counts = new Map<FaultRule, number>();
  return (line) => {
    const rule = rules.find((candidate) => candidate.on.test(line));
    if (rule === undefined) {
      return 'pass';
    }
    const count = counts.get(rule) ?? 0;
    counts.set(rule, count + 1);
    return rule.faults[count] ?? (rule.repeats === true ? (rule.faults.at(-1) ?? 'pass') : 'pass');
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) {
    parts.push(part);
  }
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: {
      ...Object.fromEntries(headers),
      authorization: (incoming.headers.authorization ?? '').replace(/ .*/s, ' [redacted]'),
    },
    body: Buffer.concat(parts).toString('utf8'),
  };
}

async function misbehave(
  fault: Fault | 'pass',
  response: ServerResponse,
  forwardRequest: (options: { held: boolean }) => Promise<Answer>,
): Promise<void> {
  if (fault === 'pass') {
    return send(response, await forwardRequest({ held: true }));
  }
  switch (fault.kind) {
    case 'answer': {
      const { status, headers = {}, body = '' } = fault;
      response.writeHead(status, headers).end(body);
      return;
    }
    case 'raw':
      response.socket?.end(fault.text);
      return;
    case 'silence':
      return;
    case 'drop':
      if (fault.forwarded === true) {
        await forwardRequest({ held: true });
      }
      response.destroy();
      return;
    case 'delay':
      await sleep(fault.ms);
      return send(response, await forwardRequest({ held: true }));
    case 'unheld':
      return send(response, await forwardRequest({ held: false }));
    case 'rewrite': {
      const answer = await forwardRequest({ held: true });
      const body = Buffer.from(fault.body(answer.body.toString('utf8')));
      return send(response, { ...answer, status: fault.status ?? answer.status, body });
    }
    case 'cut': {
      const { status, headers, body } = await forwardRequest({ held: true });
      response.writeHead(status, { ...headers, 'content-length': body.length });
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    }
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

function forward(target: URL, incoming: IncomingMessage, seen: SeenRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const outgoing = request(target, { method: seen.method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const { 'transfer-encoding': _encoding, connection: _kept, ...kept } = answer.headers;
        resolve({ status: answer.statusCode ?? 502, headers: kept, body: Buffer.concat(parts) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(seen.body);
  });
}
