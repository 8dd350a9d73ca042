import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { Certificate } from './tls/certificate.ts';

export interface RawSite {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, or `https://`, without a slash at the end. */
  readonly url: string;
  /** The sockets that are open now. */
  readonly sockets: ReadonlySet<Socket>;
  /** The number of sockets opened so far. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

/** A server that answers as `listener` does: cut off, endless, compressed, or in other unusual ways. */
export function startHttpSite(listener: RequestListener): Promise<RawSite> {
  return listen(createServer(listener), 'http');
}

/** The same over TLS, with a certificate made for the test, and perhaps further options of TLS. */
export function startHttpsSite(
  certificate: Certificate,
  listener: RequestListener,
  options: TlsOptions = {},
): Promise<RawSite> {
  const { pem: cert, keyPem: key } = certificate;
  return listen(createHttpsServer({ ...options, cert, key }, listener), 'https');
}

/** A TCP server: `onData` runs at the first bytes of each connection. */
export function startTcpSite(onData: (socket: Socket) => void): Promise<RawSite> {
  return listen(
    createTcpServer((socket) => socket.once('data', () => onData(socket))),
    'http',
  );
}

async function listen(server: Server, protocol: 'http' | 'https'): Promise<RawSite> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${protocol}://127.0.0.1:${port}`,
    sockets,
    connections: () => connections,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}
