import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface HttpProxyOptions {
  /** `user:password`, which the proxy asks for. */
  readonly credentials?: string;
  /** The status line sent instead of opening a tunnel; an empty one closes the connection. */
  readonly refusesTunnelsWith?: string;
  /** Whether to ignore a request for a tunnel, by its number. */
  readonly ignoresTunnel?: (count: number) => boolean;
  /** The port that every request and tunnel leads to, instead of the requested one. */
  readonly leadsTo?: number;
}

/**
 * An HTTP proxy like those of companies: absolute URLs for http, CONNECT for https. Every name leads to loopback, since
 * the names in tests do not resolve.
 */
export interface HttpProxy {
  readonly port: number;
  readonly url: string;
  /** All requests so far, including refused ones, as `GET http://…` or `CONNECT host:port`. */
  readonly requests: string[];
  stop(): Promise<void>;
}

export async function startProxy(options: HttpProxyOptions = {}): Promise<HttpProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let tunnels = 0;
  const isWelcome = ({ headers }: IncomingMessage): boolean =>
    options.credentials === undefined ||
    headers['proxy-authorization'] === `Basic ${Buffer.from(options.credentials).toString('base64')}`;

  const server = createServer((incoming, response) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    if (isWelcome(incoming)) {
      forward(incoming, response, options.leadsTo);
    } else {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end('Sign in');
    }
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    requests.push(`CONNECT ${incoming.url}`);
    tunnels += 1;
    if (options.ignoresTunnel?.(tunnels)) {
      return;
    }
    const refusal = isWelcome(incoming) ? options.refusesTunnelsWith : '407 Proxy Authentication Required';
    if (refusal !== undefined) {
      client.end(refusal === '' ? '' : `HTTP/1.1 ${refusal}\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const { port } = new URL(`http://${incoming.url}`);
    const upstream = connect(options.leadsTo ?? Number(port), '127.0.0.1');
    sockets.add(upstream);
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}

function forward(incoming: IncomingMessage, response: ServerResponse, leadsTo: number | undefined): void {
  const { 'proxy-authorization': _mine, 'proxy-connection': _hop, ...headers } = incoming.headers;
  const { port, pathname, search } = new URL(incoming.url ?? '');
  const target = new URL(pathname + search, `http://127.0.0.1:${leadsTo ?? port}`);
  const outgoing = request(target, { method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.writeHead(502).end());
  incoming.pipe(outgoing);
}
