import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { KeyCaller } from '../../../server/auth/caller.ts';
import { keyExists } from '../../../server/auth/sql/key-exists.ts';
import type { Queryable, Statement } from '../../../server/db/pool.ts';
import { findAppAccess } from '../../../server/features/apps/sql/find-app-access.ts';
import { findSetup } from '../../../server/features/apps/sql/find-setup.ts';
import { listApps } from '../../../server/features/apps/sql/list-apps.ts';
import { findComparedCheck } from '../../../server/features/checks/comparison/sql/find-compared-check.ts';
import { cancelCheck } from '../../../server/features/checks/sql/cancel-check.ts';
import { claimChecks } from '../../../server/features/checks/sql/claim-checks.ts';
import { findCheck } from '../../../server/features/checks/sql/find-check.ts';
import { findRunSettings } from '../../../server/features/checks/sql/find-run-settings.ts';
import { finishCheck } from '../../../server/features/checks/sql/finish-check.ts';
import { listCheckSummaries, listChecks } from '../../../server/features/checks/sql/list-checks.ts';
import { readChecks } from '../../../server/features/checks/sql/read-checks.ts';
import { releaseCheck } from '../../../server/features/checks/sql/release-check.ts';
import { renewLeases } from '../../../server/features/checks/sql/renew-leases.ts';
import { saveProgress } from '../../../server/features/checks/sql/save-progress.ts';
import { type Trigger, triggerChecks } from '../../../server/features/checks/sql/trigger-checks.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';

const id = randomUUID();
const app = { id, alias: null };
const caller: KeyCaller = {
  type: 'api_key',
  key: { hash: Buffer.alloc(32), start: 'qsk_test', lastFour: 'test' },
  origin: { ip: null, userAgent: null },
  settle: async () => {},
};
const check = {
  id,
  app_id: id,
  organization_id: id,
  target_url: '',
  discover_flows: false,
  has_settings: false,
  lease_token: id,
  attempts: 1,
};
const claim = {
  limit: 4,
  leaseSeconds: 15,
  running: [check],
  checksAtOnce: 4,
  afterAppId: id,
  served: [check],
};
const trigger: Trigger = {
  caller,
  app,
  checkId: id,
  metadata: {},
  idempotency: { key: 'key', bodyHash: Buffer.alloc(32) },
};
const RESULT = { conclusion: 'success', error: null, incomplete: null, warnings: [] } as const;
const lease = { checkId: id, leaseToken: id, flows: [], position: 0, known: null };

/** Statements that run with each trigger, check or poll. */
const STATEMENTS: readonly (readonly [string, (db: Queryable) => Promise<unknown>])[] = [
  ['a trigger', (db) => triggerChecks(db, [trigger], { locked: 'skip', hourlyLimit: 100 })],
  [
    'a trigger that waits for a lock',
    (db) => triggerChecks(db, [trigger], { locked: 'wait', hourlyLimit: 100 }),
  ],
  ['a claim', (db) => claimChecks(db, claim)],
  ['the settings of a check', (db) => findRunSettings(db, id)],
  ['a heartbeat', (db) => renewLeases(db, { leases: [check], leaseSeconds: 15 })],
  ['progress', (db) => saveProgress(db, lease)],
  ['a result', (db) => finishCheck(db, { ...lease, ...RESULT })],
  ['a release', (db) => releaseCheck(db, check, { countsAttempt: false })],
  ['a cancellation', (db) => cancelCheck(db, { appId: id, checkId: id })],
  ['a check', (db) => findCheck(db, id, id)],
  ['a check and its base', (db) => findComparedCheck(db, { appId: id, checkId: id, branch: 'main' })],
  ['checks with pending waits', (db) => readChecks(db, [id])],
  [
    'a list of checks',
    (db) =>
      listChecks(db, {
        appId: id,
        limit: 20,
        branch: 'main',
        status: 'finished',
        conclusion: undefined,
        before: id,
      }),
  ],
  [
    'a list of checks without their flows',
    (db) =>
      listCheckSummaries(db, {
        appId: id,
        limit: 20,
        branch: 'main',
        status: undefined,
        conclusion: 'failure',
        before: id,
      }),
  ],
  ['an app and what the caller may do with it', (db) => findAppAccess(db, caller, app)],
  ['the first steps of an app', (db) => findSetup(db, id, app)],
  ['a look-up of a key alone', (db) => keyExists(db, Buffer.alloc(32))],
];

/**
 * A server's connections keep the plan that they made first, when the tables were almost empty. A plan that
 * reads whole tables is fast on that day, and takes tens of milliseconds later.
 */
describe('the query plan made while the tables were empty', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  async function capture(ask: (db: Queryable) => Promise<unknown>): Promise<Statement> {
    const asked = Promise.withResolvers<Statement>();
    const db: Queryable = {
      query: async (statement) => {
        asked.resolve(statement);
        return [];
      },
    };
    // How the function handles an empty result does not matter here.
    await ask(db).catch(() => {});
    return asked.promise;
  }

  async function explain(ask: (db: Queryable) => Promise<unknown>): Promise<string[]> {
    const { text, values = [] } = await capture(ask);
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare captured as ${text}`);
    const nulls = values.map(() => 'null').join();
    const { rows } = await client.query(`explain execute captured(${nulls})`);
    await client.end();
    return rows.map((row) => String(row['QUERY PLAN']));
  }

  test.each(STATEMENTS)(
    'finds rows by index for %s, without reading whole tables or sorting checks',
    async (_, ask) => {
      const lines = await explain(ask);
      const reads = lines.filter((line) => / Scan /.test(line) && !/(CTE|Subquery|Function) Scan/.test(line));
      expect(reads.length).toBeGreaterThan(0);
      expect(reads.filter((line) => line.includes('Seq Scan'))).toEqual([]);
      expect(lines.filter((line) => /Sort Key: .*(claimable_at|created_at)/.test(line))).toEqual([]);
      // This index would read all idempotency keys of the last 24 hours instead of one.
      expect(reads.filter((line) => line.includes('idempotency_keys_by_created_at'))).toEqual([]);
    },
  );

  test('finds the last checks of each app of the list by index', async () => {
    const lines = await explain((db) => listApps(db, id));
    const reads = lines.flatMap((line) => /-> {2}(.+ on checks)\b/.exec(line)?.[1] ?? []);
    const byApp = 'Index Scan using checks_by_app on checks';
    expect(reads).toEqual([
      'Index Scan using checks_finished_by_branch on checks',
      'Index Scan using checks_failed_by_branch on checks',
      ...[byApp, byApp],
    ]);
  });

  test('reads as many pages for a claim with 50,000 checks in the queue as with 500', async () => {
    const { text } = await capture((db) => claimChecks(db, claim));
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare captured as ${text}`);
    await client.query(
      `with organization as (insert into organizations (name) values ('acme') returning id)
       insert into apps (organization_id, alias, name)
       select id, 'app-' || number, 'App' from organization, generate_series(1, 5) as number`,
    );
    const execution = `execute captured(4, 15, '{}', '{}', 4, '${id}', '{}', '{}')`;
    const countPages = async (checksOfApp: number): Promise<number> => {
      await client.query('truncate checks cascade');
      // Has the plan made again, for the empty table.
      await client.query(`explain ${execution}`);
      await client.query(
        `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
         select gen_random_uuid(), apps.id, 'http://127.0.0.1:9/', 'api_key', now() - random() * interval '1 hour'
         from generate_series(1, $1), apps`,
        [checksOfApp],
      );
      const { rows } = await client.query(`explain (analyze, buffers, format json) ${execution}`);
      const plan = rows[0]?.['QUERY PLAN'][0].Plan;
      return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    };
    const few = await countPages(100);
    expect(few).toBeGreaterThan(0);
    expect(await countPages(10_000)).toBeLessThan(2 * few);
    await client.end();
  });
});
