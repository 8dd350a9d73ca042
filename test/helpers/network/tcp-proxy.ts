import { connect, createServer, type Socket } from 'node:net';
import { findTestPort } from './test-port.ts';

/** A connection to a server that a test can cut or make hang. */
export interface TcpProxy {
  readonly port: number;
  /** Breaks all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts connections and bytes, and forwards nothing. */
  hang(): void;
  restore(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isHanging = false;
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (!isHanging) {
          to.write(chunk);
        }
      });
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const port = await findTestPort();
  await listen(port);

  function close(): Promise<void> {
    for (const socket of sockets) {
      socket.destroy();
    }
    return new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()));
  }

  return {
    port,
    cut: close,
    hang() {
      isHanging = true;
    },
    async restore() {
      isHanging = false;
      if (!server.listening) {
        await listen(port);
      }
    },
    stop: close,
  };
}
