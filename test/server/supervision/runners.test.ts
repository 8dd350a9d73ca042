import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { trigger, withKey } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { isAlive, listRunners } from '../../helpers/runner/process-tree.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { prepareApp } from '../../helpers/server/prepare-app.ts';
import type { TestApp } from '../../helpers/server/server.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';

const RUNNER = new URL('../../../server/commands/runner.ts', import.meta.url).pathname;

async function until<Value>(read: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await read();
    if (value !== undefined) {
      return value;
    }
    await sleep(25);
  }
}

describe('runner processes', () => {
  let database: TestDatabase;
  let site: Awaited<ReturnType<typeof startSite>>;
  let server: ServerProcess | undefined;
  let app: TestApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await startSite({
      '/': 'fine',
      '/slow': '<a href="/never">never</a>',
      '/never': { body: 'late', delayMs: 600_000 },
    });
  });
  afterEach(async () => {
    await server?.end('SIGKILL');
    server = undefined;
    await database.query('delete from checks');
  });
  afterAll(async () => {
    await database.drop();
    await site.stop();
  });

  async function start(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    server = await startServerProcess({ env: { DATABASE_URL: database.connectionString, ...env } });
    app = await prepareApp(server, site.url);
    return server;
  }

  const findRunner = ({ child }: ServerProcess) => until(() => listRunners(child.pid ?? 0)[0]);
  const readCheck = async (id: unknown) =>
    (await database.query('select * from checks where id = $1', [id])).rows[0];
  const waitForStatus = (id: unknown, statuses: readonly unknown[]) =>
    until(async () => {
      const check = await readCheck(id);
      return statuses.includes(check?.status) ? check : undefined;
    });

  /** Triggers a check that hangs, and resolves once it runs. */
  async function triggerSlow(at: ServerProcess): Promise<unknown> {
    const id = await trigger(at, app, { app_url: `${site.url}/slow` });
    await waitForStatus(id, ['running']);
    return id;
  }

  test('are started by a server, and run each check in a process of its own', async () => {
    const running = await start();
    await triggerSlow(running);
    const { checks } = await until(() => {
      const [runner] = listRunners(running.child.pid ?? 0);
      return runner && runner.checks.length > 0 ? runner : undefined;
    });
    expect(listRunners(running.child.pid ?? 0)).toHaveLength(1);
    expect(checks).toHaveLength(1);
  });

  test('are as many as RUNNERS says', async () => {
    const running = await start({ RUNNERS: '2' });
    await until(() => (listRunners(running.child.pid ?? 0).length === 2 ? true : undefined));
  });

  test('show the address of the database neither in their arguments nor in their environment', async () => {
    const running = await start();
    await triggerSlow(running);
    const runner = await until(() => {
      const [found] = listRunners(running.child.pid ?? 0);
      return found && found.checks.length > 0 ? found : undefined;
    });
    const { password } = new URL(database.connectionString);
    for (const { pid } of runner.checks) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(password);
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('DATABASE_URL');
    }
    for (const { pid } of [runner, ...runner.checks]) {
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password);
    }
  });

  test('are started again after a kill, and their checks are run again', async () => {
    const running = await start();
    const first = await findRunner(running);
    const lost = await triggerSlow(running);
    process.kill(first.pid, 'SIGKILL');
    const second = await until(() =>
      listRunners(running.child.pid ?? 0).find(({ pid }) => pid !== first.pid),
    );
    expect(second.pid).not.toBe(first.pid);
    // The new one has free slots at once; the lost check is taken up when its lease has run out.
    const good = await trigger(running, app);
    expect(await waitForStatus(good, ['finished'])).toMatchObject({ conclusion: 'success', attempts: 1 });
    await until(async () => ((await readCheck(lost))?.attempts === 2 ? true : undefined));
    expect(running.output()).toContain('a runner has ended; starting another');
  }, 60_000);

  test('run a check again at once if its process is killed, and give up after three attempts', async () => {
    const running = await start();
    const id = await trigger(running, app, { app_url: `${site.url}/slow` });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await until(async () => {
        const check = await readCheck(id);
        return check?.status === 'running' && check.attempts === attempt ? true : undefined;
      });
      const { checks } = await until(() => {
        const [runner] = listRunners(running.child.pid ?? 0);
        return runner && runner.checks.length > 0 ? runner : undefined;
      });
      for (const { pid } of checks) {
        process.kill(pid, 'SIGKILL');
      }
    }
    const ended = await waitForStatus(id, ['failed']);
    expect(ended.error).toBe(
      'The server stopped 3 times while it ran this check, so the check ended. Trigger it again.',
    );
  }, 60_000);

  test('release their checks and end when their server is killed', async () => {
    const running = await start();
    const runner = await findRunner(running);
    const id = await triggerSlow(running);
    const { checks } = await until(() => {
      const [found] = listRunners(running.child.pid ?? 0);
      return found && found.checks.length > 0 ? found : undefined;
    });
    await running.end('SIGKILL');
    await until(() => ([runner, ...checks].some(({ pid }) => isAlive(pid)) ? undefined : true));
    expect(await readCheck(id)).toMatchObject({ status: 'running', attempts: 0, lease_token: null });
  });

  test('end with their server, and hand their checks over', async () => {
    const running = await start();
    const runner = await findRunner(running);
    const id = await triggerSlow(running);
    expect(await running.end('SIGTERM')).toBe(0);
    expect(isAlive(runner.pid)).toBe(false);
    expect(await readCheck(id)).toMatchObject({ attempts: 0, lease_token: null });
  });

  test('are not started with RUNNERS=0: npm run runner runs the checks, and ends at SIGTERM', async () => {
    const running = await start({ RUNNERS: '0' });
    const id = await trigger(running, app);
    expect(listRunners(running.child.pid ?? 0)).toEqual([]);
    const runner = spawn(process.execPath, [RUNNER], {
      env: { PATH: process.env.PATH, DATABASE_URL: database.connectionString },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(runner, 'exit');
    const answer = await withKey(running, app, 'get', `/checks/${id}?wait=30`);
    expect(answer.body).toMatchObject({ status: 'finished', conclusion: 'success' });
    runner.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
  });

  test.each([
    ['of the server', {}, 'deny', /private or special address/],
    ['of their own', { PRIVATE_TARGETS: 'allow' }, 'deny', null],
  ])('keep to the private targets %s when started alone', async (_whose, env, ofServer, error) => {
    const running = await start({ RUNNERS: '0', PRIVATE_TARGETS: ofServer });
    const id = await trigger(running, app);
    const runner = spawn(process.execPath, [RUNNER], {
      env: { PATH: process.env.PATH, DATABASE_URL: database.connectionString, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const exited = once(runner, 'exit');
    const { body } = await withKey(running, app, 'get', `/checks/${id}?wait=30`);
    expect(body.conclusion).toBe(error === null ? 'success' : 'error');
    expect(body.error).toEqual(error === null ? null : expect.stringMatching(error));
    runner.kill('SIGTERM');
    await exited;
  });

  test('ask for DATABASE_URL when started alone', async () => {
    const runner = spawn(process.execPath, [RUNNER], {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let printed = '';
    runner.stderr.on('data', (chunk) => (printed += chunk));
    expect((await once(runner, 'close'))[0]).toBe(1);
    expect(printed.trim()).toBe(
      'Set DATABASE_URL to the PostgreSQL of the server. A runner that is started alone has no other connection to it.',
    );
  });
});
