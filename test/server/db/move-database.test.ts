import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyDatabase } from '../../../server/db/copy-database.ts';
import { asAdmin, trigger, withKey } from '../../helpers/network/requests.ts';
import { insertCheck, passed } from '../../helpers/server/checks.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer } from '../../helpers/server/server.ts';

describe('moving to another database', () => {
  let from: TestDatabase;
  let to: TestDatabase;
  beforeAll(async () => {
    from = await createTestDatabase();
    to = await createTestDatabase({ isEmpty: true });
  });
  afterAll(async () => {
    await from.drop();
    await to.drop();
  });

  test('copies everything: keys and sessions work, checks read the same, and the logs continue', async () => {
    // A session is bound to one address.
    const env = { PUBLIC_URL: 'http://checks.test' };
    const first = await startTestServer({ database: from, env });
    const app = await first.createApp({ url: 'http://127.0.0.1:9/' });
    const metadata = { branch: 'näme "quoted" \\ 💥', git_commit_message: 'a\nb\tc' };
    const id = await insertCheck(from, app, { flows: [passed('GET /')], metadata });
    await from.query(
      `insert into checks (id, app_id, status, conclusion, target_url, triggered_by, created_at, claimable_at)
       select gen_random_uuid(), $1, 'finished', 'success', 'http://127.0.0.1:9/', 'api_key',
         now() - number * interval '1.000001 seconds', null
       from generate_series(1, 1200) as number`,
      [app.id],
    );
    await from.query(
      `insert into check_progress (check_id, position, lease_token, flow)
       values ($1, 0, gen_random_uuid(), $2), ($1, 1, gen_random_uuid(), $2)`,
      [id, JSON.stringify(passed('GET /näme'))],
    );
    const before = (await withKey(first, app, 'get', `/checks/${id}`)).body;
    await expect(copyDatabase(from.connectionString, to.connectionString)).rejects.toThrow(
      'Stop that server first',
    );
    await first.stop();

    const copied = await copyDatabase(from.connectionString, to.connectionString);
    expect(copied).toContainEqual({ name: 'checks', rows: 1201 });
    expect(copied).toContainEqual({ name: 'check_progress', rows: 2 });
    for (const dump of [
      'select * from checks order by id',
      'select * from check_progress order by position',
    ]) {
      expect((await to.query(dump)).rows).toEqual((await from.query(dump)).rows);
    }
    const second = await startTestServer({ database: to, env });
    expect((await withKey(second, app, 'get', `/checks/${id}`)).body).toEqual(before);
    await trigger(second, app);
    expect((await asAdmin(second, 'get', '/api/apps', first.cookie)).status).toBe(200);
    expect((await asAdmin(second, 'post', `/api/apps/${app.id}/api-key`)).status).toBe(201);
    const { body } = await asAdmin(second, 'get', `/api/apps/${app.id}/audit-log`);
    expect(body.events).toHaveLength(2);
    await second.stop();

    await expect(copyDatabase(from.connectionString, to.connectionString)).rejects.toThrow(
      'already has data',
    );
    expect((await to.query('select count(*)::int as apps from apps')).rows).toEqual([{ apps: 1 }]);
  });

  test('names the missing DATABASE_URL and exits with 1', async () => {
    const script = new URL('../../../server/commands/move-database.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script], { env: { PATH: process.env.PATH } });
    const [[code], complained] = await Promise.all([once(child, 'close'), text(child.stderr)]);
    expect(code).toBe(1);
    expect(complained).toBe('Set DATABASE_URL to the PostgreSQL to move the data to.\n');
  });
});
