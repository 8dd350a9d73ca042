import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Each test has processes of its own, and waits for their ends: all at the same time. */
jest.setTimeout(120_000);

describe('server processes that end while clients are connected', () => {
  let database: TestDatabase;
  const processes: ServerProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.end('SIGKILL')));
    await database.drop();
  });

  async function start(): Promise<ServerProcess> {
    const process = await startServerProcess({ env: { DATABASE_URL: database.connectionString } });
    processes.push(process);
    return process;
  }

  test.concurrent.each([
    ['says nothing', ''],
    ['does not finish its headers', 'GET /api/me HTTP/1.1\r\nHost: x\r\n'],
    [
      'does not finish its body',
      'POST /api/apps/x/trigger HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
    ],
  ])('SIGTERM ends the process also when a client %s', async (_case, bytes) => {
    const leaving = await start();
    const socket = connect(Number(new URL(leaving.url).port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(bytes);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await leaving.end('SIGTERM')).toBe(0);
    socket.destroy();
  });

  test.concurrent('SIGTERM resets no request on a connection that is kept alive', async () => {
    const leaving = await start();
    const failures: string[] = [];
    let isGone = false;
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    async function keepCalling(): Promise<void> {
      for (let hasClosed = false; !hasClosed; ) {
        const sent = get(`${leaving.url}/healthz`, { agent });
        try {
          const [answer] = await once(sent, 'response');
          answer.resume();
          hasClosed = answer.headers.connection === 'close';
          await once(answer, 'end');
        } catch (error) {
          failures.push(String(error));
          hasClosed = isGone;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const clients = Array.from({ length: 8 }, keepCalling);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await leaving.end('SIGTERM')).toBe(0);
    isGone = true;
    await Promise.all(clients);
    agent.destroy();
    expect(failures).toEqual([]);
  });

  /** A process that a request without the end of its body keeps from stopping, and the socket of that request. */
  async function startStuck(): Promise<{ stuck: ServerProcess; socket: Socket }> {
    const stuck = await start();
    const socket = connect(Number(new URL(stuck.url).port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('POST /api/me HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
    await pause(100);
    return { stuck, socket };
  }

  test.concurrent.each(['SIGTERM', 'SIGINT'] as const)(
    'another %s ends the process at once, more than 2 s after the first signal',
    async (signal) => {
      const { stuck, socket } = await startStuck();
      stuck.child.kill('SIGTERM');
      await pause(2_300);
      expect(await stuck.end(signal)).toBe(1);
      socket.destroy();
    },
  );

  test.concurrent('several signals at the same moment end the process in order, as one does', async () => {
    const { stuck, socket } = await startStuck();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) {
      stuck.child.kill(signal);
      await pause(100);
    }
    expect(await stuck.end('SIGTERM')).toBe(0);
    socket.destroy();
  });
});
