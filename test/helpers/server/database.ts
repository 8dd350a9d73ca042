import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  readonly connectionString: string;
  query(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult<Record<string, unknown>>>;
  drop(): Promise<void>;
}

/** A database for one test file with the current schema, cloned from the run's template. */
export async function createTestDatabase({ isEmpty = false } = {}): Promise<TestDatabase> {
  const postgresUrl = process.env.TEST_POSTGRES_URL;
  const name = `qassandra_test_${randomBytes(6).toString('hex')}`;
  const template = isEmpty ? 'template1' : process.env.TEST_POSTGRES_TEMPLATE;
  await runOnce(postgresUrl, `create database ${name} template ${template}`);
  const url = Object.assign(new URL(postgresUrl ?? ''), { pathname: `/${name}` });
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  // `end` does not wait for the sockets, which then report that their database was dropped.
  pool.on('error', () => {});
  return {
    connectionString: url.href,
    query: (sql, values = []) => pool.query(sql, [...values]),
    async drop() {
      await pool.end();
      await runOnce(postgresUrl, `drop database ${name} with (force)`);
    },
  };
}

async function runOnce(connectionString: string | undefined, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
