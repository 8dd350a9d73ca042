import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Queryable } from '../../../server/db/pool.ts';
import type { TestDatabase } from './database.ts';

/** Counts the statements of the database that wait for a lock. */
export async function countBlocked({ query }: Pick<TestDatabase, 'query'>): Promise<number> {
  const { rows } = await query(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return Number(rows[0]?.count);
}

/** Resolves once `count` statements of the database wait for a lock. */
export async function waitUntilBlocked(database: Pick<TestDatabase, 'query'>, count = 1): Promise<void> {
  while ((await countBlocked(database)) < count) {
    await sleep(10);
  }
}

/** Runs `ask` in a separate transaction, and `meanwhile` before that transaction is committed. */
export async function askInTransaction<Result>(
  { connectionString }: Pick<TestDatabase, 'connectionString'>,
  ask: (on: Queryable) => Promise<Result>,
  meanwhile: () => Promise<void>,
): Promise<Result> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('begin');
    const result = await ask({
      query: async <Row extends pg.QueryResultRow>({
        text,
        values = [],
      }: {
        text: string;
        values?: readonly unknown[];
      }) => (await client.query<Row>(text, [...values])).rows,
    });
    await meanwhile();
    await client.query('commit');
    return result;
  } finally {
    await client.end();
  }
}
