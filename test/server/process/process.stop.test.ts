import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { trigger, withKey } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { startTcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { prepareApp } from '../../helpers/server/prepare-app.ts';
import type { TestApp } from '../../helpers/server/server.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Each test starts processes of its own on a shared database. */
describe('server processes that end', () => {
  let database: TestDatabase;
  let site: Awaited<ReturnType<typeof startSite>>;
  let app: TestApp;
  const processes: ServerProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await startSite({
      '/': 'fine',
      '/slow': '<a href="/never">never</a>',
      '/never': { body: 'late', delayMs: 600_000 },
    });
  });
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.end('SIGKILL')));
    await database.drop();
    await site.stop();
  });

  async function start(): Promise<ServerProcess> {
    const process = await startServerProcess({ env: { DATABASE_URL: database.connectionString } });
    processes.push(process);
    return process;
  }

  async function readWhen(column: 'started' | 'ended', checkId: string) {
    const condition = column === 'started' ? `status <> 'scheduled'` : 'conclusion is not null';
    for (;;) {
      const { rows } = await database.query(`select * from checks where id = $1 and ${condition}`, [checkId]);
      if (rows[0]) {
        return rows[0];
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('SIGTERM hands a running check to another process at once, without counting the attempt', async () => {
    const leaving = await start();
    app = await prepareApp(leaving, site.url);
    const checkId = await trigger(leaving, app, { app_url: `${site.url}/slow` });
    await readWhen('started', checkId);
    const staying = await start();
    expect(await leaving.end('SIGTERM')).toBe(0);
    const ended = await readWhen('ended', checkId);
    expect(ended).toMatchObject({ status: 'finished', attempts: 1 });
    await staying.end('SIGTERM');
  }, 60_000);

  test('SIGTERM answers the requests under way, and pending waits with the current state', async () => {
    const leaving = await start();
    app = await prepareApp(leaving, site.url);
    const checkId = await trigger(leaving, app, { app_url: `${site.url}/slow` });
    await readWhen('started', checkId);
    const waiting = withKey(leaving, app, 'get', `/checks/${checkId}?wait=60`).then(({ status, body }) => [
      status,
      body.conclusion,
    ]);
    await fetch(`${leaving.url}/healthz`);
    const code = leaving.end('SIGTERM');
    expect(await waiting).toEqual([200, null]);
    expect(await code).toBe(0);
    await database.query('delete from checks where id = $1', [checkId]);
  });

  test.each([
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

  test('SIGTERM resets no request on a connection that is kept alive', async () => {
    const leaving = await start();
    app = await prepareApp(leaving, site.url);
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

  test('SIGTERM ends the process in order also while the database is away and a check runs', async () => {
    const direct = new URL(database.connectionString);
    const proxy = await startTcpProxy({ host: direct.hostname, port: Number(direct.port || 5432) });
    const throughProxy = Object.assign(direct, { hostname: '127.0.0.1', port: String(proxy.port) }).href;
    const leaving = await startServerProcess({ env: { DATABASE_URL: throughProxy } });
    processes.push(leaving);
    app = await prepareApp(leaving, site.url);
    const checkId = await trigger(leaving, app, { app_url: `${site.url}/slow` });
    await readWhen('started', checkId);
    await proxy.cut();
    expect(await leaving.end('SIGTERM')).toBe(0);
    expect(leaving.output()).toContain('could not be handed over');
    await database.query('delete from checks where id = $1', [checkId]);
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

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'another %s ends the process at once, more than 2 s after the first signal',
    async (signal) => {
      const { stuck, socket } = await startStuck();
      stuck.child.kill('SIGTERM');
      await pause(2_300);
      expect(await stuck.end(signal)).toBe(1);
      socket.destroy();
    },
  );

  test('signals that come together end the process in order, as one does', async () => {
    const { stuck, socket } = await startStuck();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) {
      stuck.child.kill(signal);
      await pause(100);
    }
    expect(await stuck.end('SIGTERM')).toBe(0);
    socket.destroy();
  });

  test('several processes share the work: 40 checks, each run once', async () => {
    const [first, second] = [await start(), await start()];
    app = await prepareApp(first, site.url);
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, index) => trigger(index % 2 ? first : second, app)),
    );
    for (const id of ids) {
      expect(await readWhen('ended', id)).toMatchObject({ conclusion: 'success', attempts: 1 });
    }
    await Promise.all([first.end('SIGTERM'), second.end('SIGTERM')]);
  });
});
