import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { migrate } from '../../../server/db/migrate.ts';
import { trigger, withKey } from '../../helpers/network/requests.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer } from '../../helpers/server/server.ts';

const MIGRATIONS = new URL('../../../server/db/migrations/', import.meta.url);

/** Simultaneous starts and failing migrations are tested in `test/chaos/migrations.test.ts`. */
describe('migrations', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase({ isEmpty: true });
  });
  afterEach(() => database.drop());

  const listTables = async () =>
    (await database.query(`select tablename from pg_tables where schemaname = 'public' order by 1`)).rows;

  test('change nothing at a second start', async () => {
    await migrate(database.connectionString);
    const before = await listTables();
    await migrate(database.connectionString);
    expect(await listTables()).toEqual(before);
  });

  test('let an older release run on the schema of a newer one', async () => {
    await migrate(database.connectionString);
    await database.query(`insert into schema_migrations (name, run_on) values ('999999_of-later', now())`);
    await database.query(`alter table checks add column of_later text not null default 'x'`);
    await database.query('create table of_later (id uuid primary key)');
    const server = await startTestServer({ database, env: { RUNNERS: '1' } });
    const app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    const checkId = await trigger(server, app);
    const { body } = await withKey(server, app, 'get', `/checks/${checkId}?wait=30`);
    expect(body.conclusion).toBe('error');
    await server.stop();
  });

  test('only expand the schema, so that the previous release can run on it', async () => {
    for (const file of await readdir(MIGRATIONS)) {
      const sql = (await readFile(new URL(file, MIGRATIONS), 'utf8')).toLowerCase();
      expect([file, /\b(drop (table|column)|rename|alter column|set not null)\b/.exec(sql)?.[0]]).toEqual([
        file,
        undefined,
      ]);
    }
  });
});
