import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { resolving } from '../../helpers/action/runtime.ts';
import { type FarPort, hasFarPorts, openFarPort } from '../../helpers/network/far-port.ts';
import { asAdmin, trigger, withKey } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer } from '../../helpers/server/server.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';
import { startGithubKeyList } from '../../helpers/stand-ins/github-keys.ts';
import { startSupabase } from '../../helpers/stand-ins/supabase.ts';

/**
 * What the server connects to is a second away at the first of its two addresses, and not at all at the other, as where
 * a machine has no IPv6. Node.js gives each address of a name but the last one 250 ms.
 */
const FAR_AND_NOTHING = ['127.0.0.1', '::1'];

let database: TestDatabase;
const opened: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) {
    await close();
  }
});
afterAll(() => database.drop());

async function openFar(url: string): Promise<FarPort> {
  const far = await openFarPort({
    target: Number(new URL(url).port),
    addresses: ['127.0.0.1'],
    accepts: 'late',
  });
  opened.push(() => far.stop());
  return far;
}

/** The address of what is at `url`, under a name and a port that are far away. */
function rename(url: string, name: string, { port }: FarPort): string {
  const renamed = new URL(url);
  renamed.host = `${name}:${port}`;
  return renamed.href.replace(/\/$/, '');
}

async function start(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await startServerProcess({
    env: { DATABASE_URL: database.connectionString, RUNNERS: '0', ...env },
  });
  opened.push(() => server.end('SIGTERM'));
  return server;
}

const describeFar = hasFarPorts ? describe : describe.skip;

describeFar('a server', () => {
  test('reaches a PostgreSQL that is a second away', async () => {
    const far = await openFar(database.connectionString);
    const server = await start({
      ...resolving({ 'postgres.test': [FAR_AND_NOTHING] }),
      DATABASE_URL: rename(database.connectionString, 'postgres.test', far),
    });
    expect((await asAdmin(server, 'get', '/api/me', server.cookie)).status).toBe(200);
  });

  test('fetches the keys of a Supabase project that is a second away', async () => {
    const supabase = await startSupabase();
    opened.push(() => supabase.stop());
    const far = await openFar(supabase.url);
    // The cookie's name has the first label of the host, which is the one of 127.0.0.1.
    const SUPABASE_URL = rename(supabase.url, '127.test', far);
    const server = await start({ ...resolving({ '127.test': [FAR_AND_NOTHING] }), SUPABASE_URL });
    const token = await supabase.createToken({ iss: `${SUPABASE_URL}/auth/v1` });
    const answer = await asAdmin(server, 'get', '/api/me', await supabase.createCookie(token));
    expect([answer.status, answer.body.user.email]).toEqual([200, 'ada@example.com']);
  });

  test("fetches the list of GitHub's keys from a second away", async () => {
    const github = await startGithubKeyList();
    opened.push(() => github.stop());
    const far = await openFar(github.url);
    const server = await start({
      ...resolving({ localhost: [FAR_AND_NOTHING] }),
      SECRET_SCANNING_KEYS_URL: rename(github.url, 'localhost', far),
    });
    const body = '[]';
    const answer = await fetch(`${server.url}/api/secret-scanning/github`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...github.sign(body) },
      body,
    });
    expect(answer.status).toBe(200);
    expect(github.fetches()).toBe(1);
  });
});

describeFar('a runner that is started alone', () => {
  test('runs the checks of a PostgreSQL that is a second away', async () => {
    const site = await startSite({ '/': 'fine' });
    const server = await startTestServer({ database, env: { RUNNERS: '0' } });
    opened.push(
      () => site.stop(),
      () => server.stop(),
    );
    const app = await server.createApp({ url: site.url });
    const checkId = await trigger(server, app);

    const far = await openFar(database.connectionString);
    const main = new URL('../../../server/commands/runner.ts', import.meta.url).pathname;
    const runner = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        ...resolving({ 'postgres.test': [FAR_AND_NOTHING] }),
        DATABASE_URL: rename(database.connectionString, 'postgres.test', far),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = Promise.all([once(runner, 'exit'), text(runner.stderr)]);
    opened.push(() => {
      runner.kill('SIGTERM');
      return ended;
    });
    const answer = await withKey(server, app, 'get', `/checks/${checkId}?wait=20`);
    expect(answer.body).toMatchObject({ conclusion: 'success' });
  });
});
