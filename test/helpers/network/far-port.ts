import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';

export interface FarPortOptions {
  /** The port on 127.0.0.1 that connections are passed on to. */
  readonly target: number;
  readonly addresses: readonly [string, ...string[]];
  /**
   * `late`: far away. A client's first packet is dropped, and Linux sends the second one 1 s later, which is answered.
   * `never`: the addresses lead nowhere.
   */
  readonly accepts: 'late' | 'never';
  /** An address that accepts connections at the same port at once. */
  readonly near?: string;
}

/** A port whose addresses do not accept a connection at once. */
export interface FarPort {
  readonly port: number;
  stop(): Promise<void>;
}

/** Only Linux drops the first packet of a connection while a port's queue is full. */
export const hasFarPorts = process.platform === 'linux';

/**
 * Passes connections on. Does nothing else until a packet was dropped: it watches Linux's list of connections in a loop
 * of its own, since a signal from a busy test could come too late. `01` is a connection in the queue, and `02` one that
 * waits for an answer to its first packet.
 */
const FORWARDER = `
const fs = require('node:fs');
const net = require('node:net');
const [target, accepts, queued, ...addresses] = process.argv.slice(1);
const server = () => net.createServer((client) => {
  const upstream = net.connect(Number(target), '127.0.0.1');
  client.pipe(upstream).pipe(client);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
});
const count = (port, state) => {
  const end = ':' + port.toString(16).toUpperCase().padStart(4, '0') + ' ' + state + ' ';
  return fs.readFileSync('/proc/net/tcp', 'utf8').split(end).length - 1;
};
const clock = new Int32Array(new SharedArrayBuffer(4));
const waitFor = (isTrue) => {
  while (!isTrue()) Atomics.wait(clock, 0, 0, 10);
};
const listen = (port, [host, ...others]) => {
  const listening = server().listen({ port, host, backlog: 1 }, () => {
    const found = listening.address().port;
    if (others.length > 0) return listen(found, others);
    fs.writeSync(1, found + '\\n');
    waitFor(() => count(found, '01') >= Number(queued));
    waitFor(() => accepts === 'late' && count(found, '02') > 0);
  });
};
listen(0, addresses);
`;

/** A queue with the length that was asked for takes one connection more. */
const QUEUED = 2;

/** Opens a port with full queues: a real connection to it is answered late, or never. */
export async function openFarPort({ target, addresses, accepts, near }: FarPortOptions): Promise<FarPort> {
  const queued = QUEUED * addresses.length;
  const child = spawn(
    process.execPath,
    ['-e', FORWARDER, String(target), accepts, String(queued), ...addresses],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(createInterface(child.stdout), 'line');
  const port = Number(line);
  const fillers = await Promise.all(
    addresses.flatMap((host) => Array.from({ length: QUEUED }, () => fill(host, port))),
  );
  const server = near === undefined ? undefined : await listenNear({ near, port, target });
  return {
    port,
    async stop() {
      for (const socket of fillers) {
        socket.destroy();
      }
      server?.close();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function fill(host: string, port: number) {
  const socket = connect(port, host);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function listenNear({ near, port, target }: { near: string; port: number; target: number }) {
  const server: Server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, near, resolve));
  return server;
}
