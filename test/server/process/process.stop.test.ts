import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { trigger, withKey } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { startTcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { prepareApp } from '../../helpers/server/prepare-app.ts';
import type { TestApp } from '../../helpers/server/server.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';

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
    expect(leaving.output()).toContain('could not be released');
    await database.query('delete from checks where id = $1', [checkId]);
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
