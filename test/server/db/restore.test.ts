import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asAdmin, trigger, withKey } from '../../helpers/network/requests.ts';
import { createTestDatabase } from '../../helpers/server/database.ts';
import { prepareApp } from '../../helpers/server/prepare-app.ts';
import { startTestServer, type TestApp } from '../../helpers/server/server.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';

/** "Backup and restore" of docs/operations, as it is written there. */

const folder = mkdtempSync(join(tmpdir(), 'qassandra-restore-'));
// As root, PostgreSQL runs as another user, who must get to its folder.
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the embedded database, copied while the server is stopped', () => {
  let app: TestApp;
  let checkId: string;
  let newKey: string;
  let restored: ServerProcess;
  const start = (name: string) => startServerProcess({ env: { DATA_DIR: join(folder, name), RUNNERS: '0' } });

  beforeAll(async () => {
    const first = await start('.qassandra');
    app = await prepareApp(first, 'http://127.0.0.1:9/');
    checkId = await trigger(first, app, { branch: 'before-the-backup' });
    await first.end('SIGTERM');
    execFileSync('cp', ['-a', '.qassandra', 'backup'], { cwd: folder });
    // What happens after the backup.
    const second = await start('.qassandra');
    newKey = (await asAdmin(second, 'post', `/api/apps/${app.id}/api-key`)).body.api_key;
    await trigger(second, { ...app, apiKey: newKey });
    await second.end('SIGTERM');
    restored = await start('backup');
  }, 180_000);
  afterAll(() => restored.end('SIGTERM'));

  test('has the checks of the backup, and no later ones', async () => {
    const { body } = await withKey(restored, app, 'get', '/checks');
    expect(body.checks.map(({ id }: { id: string }) => id)).toEqual([checkId]);
    expect(body.checks[0].metadata).toEqual({ branch: 'before-the-backup' });
  });

  test('accepts the key of the backup, and refuses a later one', async () => {
    expect((await withKey(restored, app, 'get')).status).toBe(200);
    expect((await withKey(restored, { ...app, apiKey: newKey }, 'get')).status).toBe(401);
  });

  test('continues to work: it accepts a trigger and a change', async () => {
    await trigger(restored, app);
    const changed = await asAdmin(restored, 'patch', `/api/apps/${app.id}`).send({ name: 'Restored' });
    expect([changed.status, changed.body.name]).toEqual([200, 'Restored']);
  });
});

const TOOLS = ['pg_dump', 'pg_restore', 'createdb', 'dropdb'];

/** Whether PostgreSQL's tools are here and not older than the server: pg_dump refuses a newer server. */
async function findWhetherToolsFit(): Promise<boolean> {
  const database = await createTestDatabase({ isEmpty: true });
  const { rows } = await database.query(`select current_setting('server_version_num')::int / 10000 as major`);
  await database.drop();
  const versions = TOOLS.map((tool) => {
    const { stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
    return Number(/(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
  });
  return versions.every((version) => version >= Number(rows[0]?.major));
}

const doToolsFit = await findWhetherToolsFit();
if (!doToolsFit) {
  console.warn('NOT RUN: the restore by pg_restore, since pg_dump is not here or older than the server.');
}
const testWithTools = doToolsFit ? test : test.skip;

testWithTools(
  'a PostgreSQL of one’s own is restored from pg_dump, while the server runs',
  async () => {
    const database = await createTestDatabase();
    const server = await startTestServer({ database });
    const app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    const checkId = await trigger(server, app);
    const { hostname, port, username, password, pathname } = new URL(database.connectionString);
    const env = {
      PATH: process.env.PATH,
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: decodeURIComponent(username),
      PGPASSWORD: decodeURIComponent(password),
    };
    const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { cwd: folder, env });
    const name = pathname.slice(1);
    const target = `${name}_restored`;
    run('pg_dump', '--format=custom', '--file=qassandra.dump', name);
    await server.stop();
    run('createdb', target);
    run('pg_restore', '--no-owner', '--exit-on-error', `--dbname=${target}`, 'qassandra.dump');
    await database.drop();

    const url = Object.assign(new URL(database.connectionString), { pathname: `/${target}` });
    const restored = await startServerProcess({ env: { DATABASE_URL: url.href, RUNNERS: '0' } });
    const check = await withKey(restored, app, 'get', `/checks/${checkId}`);
    expect([check.status, check.body.id]).toEqual([200, checkId]);
    await restored.end('SIGTERM');
    run('dropdb', '--force', target);
  },
  120_000,
);
