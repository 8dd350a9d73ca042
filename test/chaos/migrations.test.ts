import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DatabaseStartError } from '../../server/db/database-start-error.ts';
import { migrate } from '../../server/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/server/database.ts';
import { startServerProcess } from '../helpers/server/server-process.ts';
import { printFigures } from './helpers/print-figures.ts';
import { pick } from './helpers/scale.ts';

const MIGRATIONS = new URL('../../server/db/migrations/', import.meta.url).pathname;

describe('migrations', () => {
  let database: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    database = await createTestDatabase({ isEmpty: true });
    folder = await mkdtemp(join(tmpdir(), 'qassandra-migrations-'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const readSchema = async () =>
    (
      await database.query(
        `select table_name, column_name, data_type from information_schema.columns
         where table_schema = 'public' order by 1, 2`,
      )
    ).rows;

  const readMigrated = async () =>
    (await database.query('select name from schema_migrations order by id')).rows.map(({ name }) => name);

  test('run once when several processes start on an empty database, and all of them serve', async () => {
    const count = pick({ full: 6, short: 2 });
    const env = { DATABASE_URL: database.connectionString };
    const servers = await Promise.all(Array.from({ length: count }, () => startServerProcess({ env })));
    try {
      const files = (await readdir(MIGRATIONS)).sort();
      const migrated = await readMigrated();
      const twice = migrated.length - new Set(migrated).size;
      printFigures('migrating at once', {
        processes: count,
        migrations: migrated.length,
        'run twice': twice,
      });
      expect(migrated).toEqual(files.map((file) => basename(file, '.sql')));
      for (const { url } of servers) {
        expect((await fetch(`${url}/readyz`)).status).toBe(200);
      }
    } finally {
      await Promise.all(servers.map((server) => server.end('SIGTERM')));
    }
  }, 60_000);

  test('leave the old schema and its rows when a migration fails in the middle, and name it', async () => {
    await cp(MIGRATIONS, folder, { recursive: true });
    await migrate(database.connectionString, folder);
    await database.query(`insert into organizations (name) values ('Kept')`);
    const before = await readSchema();
    const migrated = await readMigrated();
    await writeFile(join(folder, '900001_good.sql'), 'alter table organizations add column motto text;');
    await writeFile(
      join(folder, '900002_breaks-in-the-middle.sql'),
      `update organizations set name = 'Changed'; drop table checks cascade; alter table nowhere add column x text;`,
    );
    const failure = await migrate(database.connectionString, folder).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseStartError);
    expect(String(failure)).toContain('900002_breaks-in-the-middle');
    expect(String(failure)).toContain('"nowhere" does not exist');
    expect(await readSchema()).toEqual(before);
    expect(await readMigrated()).toEqual(migrated);
    expect((await database.query('select name from organizations')).rows).toEqual([{ name: 'Kept' }]);
    await rm(join(folder, '900002_breaks-in-the-middle.sql'));
    await migrate(database.connectionString, folder);
    expect(await readMigrated()).toEqual([...migrated, '900001_good']);
  });

  test('name the failed migration and what to do, and the process exits with 1', async () => {
    // The first migration creates a table with this name among its last statements.
    await database.query('create table sign_in_tokens (other integer)');
    const before = await readSchema();
    const start = () => startServerProcess({ env: { DATABASE_URL: database.connectionString } });
    const failure = await start().catch((error: unknown) => String(error));
    expect(failure).toContain('ended with 1');
    expect(failure).toContain('The migration 000001_the-main-job failed: relation "sign_in_tokens" already');
    expect(failure).toContain('start this version again');
    expect(failure).not.toContain('    at ');
    // The migration tool's own table exists, and shows that no migration has run.
    expect((await readSchema()).filter(({ table_name }) => table_name !== 'schema_migrations')).toEqual(
      before,
    );
    expect(await readMigrated()).toEqual([]);
    await database.query('drop table sign_in_tokens');
    expect(await (await start()).end('SIGTERM')).toBe(0);
  }, 60_000);
});
