import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FarPortOptions {
  /** The port on 127.0.0.1 that connections are passed on to. */
  readonly target: number;
  /** The addresses that are far away, or lead nowhere. */
  readonly addresses: readonly [string, ...string[]];
  /** An address that accepts connections at the same port at once. */
  readonly near?: string;
}

/** A port whose addresses do not accept a connection at once. */
export interface FarPort {
  readonly port: number;
  /**
   * Lets the addresses accept, once a client has sent a first packet that was dropped. Linux sends the second one 1 s
   * later, so that client's connection takes about 1 s.
   */
  acceptLate(): Promise<void>;
  stop(): Promise<void>;
}

/** Only Linux drops the first packet of a connection while a port's queue is full. */
export const hasFarPorts = process.platform === 'linux';

/** Passes connections on; stopped by a signal, it does not accept them. */
const FORWARDER = `
const net = require('node:net');
const [target, ...addresses] = process.argv.slice(1);
const server = () => net.createServer((client) => {
  const upstream = net.connect(Number(target), '127.0.0.1');
  client.pipe(upstream).pipe(client);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
});
const listen = (port, [host, ...others]) => {
  const listening = server().listen({ port, host, backlog: 1 }, () => {
    const address = listening.address();
    others.length === 0 ? console.log(address.port) : listen(address.port, others);
  });
};
listen(0, addresses);
`;

/** A queue with the length that was asked for takes one connection more. */
const QUEUED = 2;

/** Opens a port with full queues: a real connection to it is answered late, or never. */
export async function openFarPort({ target, addresses, near }: FarPortOptions): Promise<FarPort> {
  const child = spawn(process.execPath, ['-e', FORWARDER, String(target), ...addresses], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const port = Number(line);
  child.kill('SIGSTOP');
  const fillers = await Promise.all(
    addresses.flatMap((host) => Array.from({ length: QUEUED }, () => fill(host, port))),
  );
  const closeFillers = (): void => {
    for (const socket of fillers) {
      socket.destroy();
    }
  };
  const server = near === undefined ? undefined : await listenNear({ near, port, target });
  return {
    port,
    async acceptLate() {
      await waitForDroppedPacket(port);
      child.kill('SIGCONT');
      closeFillers();
    },
    async stop() {
      closeFillers();
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

/** Linux lists connections that wait for an answer (SYN_SENT, 02) by the port that they are made to. */
async function waitForDroppedPacket(port: number): Promise<void> {
  const waiting = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} 02 `);
  while (!waiting.test(await readFile('/proc/net/tcp', 'utf8'))) {
    await sleep(20);
  }
}
