import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createEmbeddedFolder, type EmbeddedFolder } from '../../chaos/helpers/embedded-folder.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';
import { listRunners } from '../../helpers/runner/process-tree.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { prepareApp, toAdminHeaders } from '../../helpers/server/prepare-app.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';

const run = promisify(execFile);

const SECRET = 'tr0ub4dor/&3+horse staple';
const IN_PATH = encodeURIComponent(SECRET);
const SETTINGS = {
  headers: { 'X-Token': 'Token {{TOKEN}}' },
  basic_auth: { username: 'ada', password: '{{TOKEN}}' },
};
/** All that a value could look like in what we show. */
const SHAPES = [
  SECRET,
  IN_PATH,
  SECRET.replaceAll('&', '&amp;'),
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('hex'),
  Buffer.from(`ada:${SECRET}`).toString('base64'),
];

/** The server as its own process with its most verbose log, an embedded database, and a real runner. */
describe('the value of a secret', () => {
  let folder: EmbeddedFolder;
  let site: Site;
  let server: ServerProcess;
  let appId: string;
  let check: string;
  /** Everything that was answered. */
  const answers: string[] = [];

  beforeAll(async () => {
    [folder, site] = await Promise.all([
      createEmbeddedFolder(),
      // As a page does that shows what it was sent.
      startSite({
        '/': `<a href="/welcome/${IN_PATH}">${SECRET}</a><a href="/fine">fine</a>`,
        '/fine': 'fine',
      }),
    ]);
    server = await startServerProcess({ env: { DATA_DIR: folder.dataDir, LOG_LEVEL: 'trace' } });
    ({ id: appId } = await prepareApp(server, site.url));
    await ask('PUT', '/secrets/TOKEN', { value: SECRET });
    await ask('PUT', '/secrets/TOKEN', { value: [SECRET] });
    await ask('PUT', '/secrets/token', { value: SECRET });
    await ask('PUT', '/check-settings', SETTINGS);
    const { check_id: id } = JSON.parse(await ask('POST', '/trigger', {}));
    check = await ask('GET', `/checks/${id}?wait=60`);
    const trial = JSON.parse(await ask('POST', '/check-settings/try', SETTINGS));
    await ask('GET', `/checks/${trial.check_id}?wait=60`);
  }, 120_000);
  afterAll(async () => {
    await server.end('SIGKILL');
    await folder.remove();
    await site.stop();
  });

  async function ask(method: string, path: string, body?: object): Promise<string> {
    const answer = await fetch(`${server.url}/api/apps/${appId}${path}`, {
      method,
      headers: { ...toAdminHeaders(server), connection: 'close' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    answers.push(text + JSON.stringify([...answer.headers]));
    return text;
  }

  function expectHidden(text: string): void {
    expect(SHAPES.filter((shape) => text.includes(shape))).toEqual([]);
  }

  async function readCheckEnvironments(): Promise<string> {
    const checks = listRunners(server.child.pid ?? 0).flatMap((runner) => runner.checks);
    expect(checks.length).toBeGreaterThan(0);
    const read = await Promise.all(checks.map(({ pid }) => readFile(`/proc/${pid}/environ`, 'utf8')));
    return read.join('\n');
  }

  test('is masked in what a check found', () => {
    const { conclusion, flows, error } = JSON.parse(check);
    expect({ conclusion, error }).toEqual({ conclusion: 'failure', error: null });
    expect(flows.map(({ name }: { name: string }) => name)).toContain('GET /welcome/***');
    expectHidden(check);
  });

  test('is in no answer', async () => {
    for (const path of ['', '/secrets', '/check-settings', '/checks', '/audit-log', '/api-key']) {
      await ask('GET', path);
    }
    await ask('DELETE', '/secrets/TOKEN');
    const page = await fetch(`${server.url}/apps/${appId}/settings`);
    expectHidden(answers.join('\n') + (await page.text()));
  });

  test('is in no row of the database', async () => {
    const { rows: tables } = await folder.query(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    expect(tables.map(({ name }) => name)).toContain('secrets');
    for (const { name } of tables) {
      const { rows } = await folder.query(`select to_jsonb(entry)::text as text from "${name}" as entry`);
      expectHidden(rows.map(({ text }) => text).join('\n'));
    }
  });

  test('is in no command line and not in the environment of a check, and neither is the key', async () => {
    const key = (await readFile(join(folder.dataDir, 'encryption-key'), 'utf8')).trim();
    const { stdout } = await run('ps', ['-eo', 'args']);
    expect(stdout).toContain('qassandra check');
    const shown = stdout + (await readCheckEnvironments());
    expectHidden(shown);
    expect(shown).not.toContain(key);
  });

  test('is read again after a restart, with the key beside the database, which only its owner reads', async () => {
    const file = join(folder.dataDir, 'encryption-key');
    const key = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await server.end('SIGTERM')).toBe(0);
    // The log is complete only now.
    expect(server.output()).toContain('check ended');
    expectHidden(server.output());
    expect(server.output()).not.toContain(key);

    server = await startServerProcess({ env: { DATA_DIR: folder.dataDir, LOG_LEVEL: 'trace' } });
    const { check_id: id } = JSON.parse(await ask('POST', '/trigger', {}));
    expect(JSON.parse(await ask('GET', `/checks/${id}?wait=60`))).toMatchObject({ conclusion: 'failure' });
    expect(await server.end('SIGTERM')).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(`${key}\n`);
  }, 120_000);

  test('moves to another database encrypted, and the command names the key that it needs', async () => {
    const to: TestDatabase = await createTestDatabase({ isEmpty: true });
    const script = new URL('../../../server/commands/move-database.ts', import.meta.url).pathname;
    const env = { PATH: process.env.PATH, DATA_DIR: folder.dataDir, DATABASE_URL: to.connectionString };
    const { stdout } = await run(process.execPath, [script], { env });
    const file = join(folder.dataDir, 'encryption-key');
    expect(stdout).toContain('secrets: 1\n');
    expect(stdout).toContain(
      `encrypted with the key in ${file}. Start the server and its runners with ENCRYPTION_KEY`,
    );
    const key = (await readFile(file, 'utf8')).trim();
    expect(stdout).not.toContain(key);

    // Without the key, a server says at the start that it cannot read them.
    const DATABASE_URL = to.connectionString;
    const without = await startServerProcess({ env: { DATABASE_URL } });
    expect(await without.end('SIGTERM')).toBe(0);
    expect(without.output()).toContain('The secrets of 1 app cannot be read');
    server = await startServerProcess({ env: { DATABASE_URL, ENCRYPTION_KEY: key } });
    const { check_id: id } = JSON.parse(await ask('POST', '/trigger', {}));
    expect(JSON.parse(await ask('GET', `/checks/${id}?wait=60`))).toMatchObject({ conclusion: 'failure' });
    expect(await readCheckEnvironments()).not.toContain(key);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(server.output()).not.toMatch(/cannot be read/);
    await to.drop();
  }, 120_000);
});
