import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type TriggerChecksOptions, triggerChecks } from '../../server/checks/sql/trigger-checks.ts';
import type { Statement } from '../../server/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';

/**
 * A server's connections keep the plan that they made first, when there was hardly a row. One that reads whole
 * tables then is fast on that day, and takes tens of milliseconds a trigger on the next.
 */
describe('the plan of a trigger, made while the tables were empty', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  async function capture(locked: TriggerChecksOptions['locked']): Promise<Statement> {
    const statements: Statement[] = [];
    const db = {
      query: async (statement: Statement) => {
        statements.push(statement);
        return [];
      },
    };
    const trigger = {
      caller: {
        type: 'api_key',
        key: { hash: Buffer.alloc(32), start: 'qsk_test', lastFour: 'test' },
        origin: { ip: null, userAgent: null },
        settle: async () => {},
      },
      app: { id: randomUUID(), alias: null },
      checkId: randomUUID(),
      metadata: {},
      idempotency: { key: 'key', bodyHash: Buffer.alloc(32) },
    } as const;
    await triggerChecks(db, [trigger], { locked, hourlyLimit: 100 });
    const [statement] = statements;
    if (!statement) {
      throw new Error('There was no statement.');
    }
    return statement;
  }

  test.each(['skip', 'wait'] as const)(
    'looks rows up by index and reads no table through (%s)',
    async (locked) => {
      const { text, values = [] } = await capture(locked);
      const client = new pg.Client({ connectionString: database.connectionString });
      await client.connect();
      await client.query('set plan_cache_mode = force_generic_plan');
      await client.query(`prepare trigger_checks as ${text}`);
      const nulls = values.map(() => 'null').join();
      const { rows } = await client.query(`explain execute trigger_checks(${nulls})`);
      await client.end();
      const scans = rows.map((row) => String(row['QUERY PLAN'])).filter((line) => / Scan /.test(line));
      const read = scans.filter((line) => !/(CTE|Subquery|Function) Scan/.test(line));
      expect(read.length).toBeGreaterThan(5);
      expect(read.filter((line) => line.includes('Seq Scan'))).toEqual([]);
      // By the time of the key and not by the key itself: all of the last 24 hours.
      expect(read.filter((line) => line.includes('by_created_at'))).toEqual([]);
    },
  );
});
