import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** What a worker thread of `strange-clients.ts` does until it is terminated. */
export interface StrangeClient {
  readonly url: string;
  readonly apiKey: string;
  readonly path: string;
  readonly connections: number;
  /** Requests that each connection sends at once. */
  readonly pipelined: number;
  /** Whether the client reads the answers. */
  readonly isReading: boolean;
}

/** Keeps `connections` open: each one that the server closes is opened again. */
function start({ url, apiKey, path, connections, pipelined, isReading }: StrangeClient): void {
  const { hostname, port } = new URL(url);
  const request = `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${apiKey}\r\n\r\n`;
  const bytes = request.repeat(pipelined);
  function open(): void {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('error', () => {});
    // A client that does not read never notices an orderly end, so it checks after a while.
    const timer = isReading ? undefined : setTimeout(() => socket.destroy(), AGAIN_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      setTimeout(open, PAUSE_MS);
    });
    if (isReading) {
      socket.resume();
    } else {
      socket.pause();
    }
  }
  for (let count = 0; count < connections; count += 1) {
    open();
  }
  parentPort?.postMessage('started');
}

const AGAIN_MS = 2_000;
const PAUSE_MS = 100;

start(workerData as StrangeClient);
