import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type Housekeeping, startHousekeeping } from '../../../server/db/housekeeping.ts';
import { createDatabase, type Database, type Queryable, type Statement } from '../../../server/db/pool.ts';
import { deleteOldChecks } from '../../../server/features/checks/sql/delete-old-checks.ts';
import { createSweeps } from '../../../server/server.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { type CheckOptions, insertCheck } from '../../helpers/server/checks.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const DAY = 24 * 60;
const OLD = 40 * DAY;
const KEPT_DAYS = 30;

describe('retention', () => {
  let database: TestDatabase;
  let server: TestServer;
  let db: Database;
  let app: TestApp;
  let housekeeping: Housekeeping | undefined;
  let logged = '';
  const logger = pino({}, { write: (line) => (logged += line) });

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startTestServer({ database });
    db = createDatabase({ connectionString: database.connectionString, onIdleError: () => {} });
  });
  beforeEach(async () => {
    logged = '';
    await database.query('truncate checks, check_progress, idempotency_keys, audit_events');
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  });
  afterEach(async () => {
    await housekeeping?.stop();
    housekeeping = undefined;
  });
  afterAll(async () => {
    await db.close();
    await server.stop();
    await database.drop();
  });

  const insert = (options: CheckOptions, of: { id: string } = app) => insertCheck(database, of, options);

  /** Runs one pass of the housekeeping to its end and returns the names of its statements. */
  async function sweep({ checkDays, auditLogDays }: { checkDays?: number; auditLogDays?: number }) {
    const last =
      (auditLogDays && 'delete-old-audit-events') ||
      (checkDays && 'delete-old-checks') ||
      'delete-expired-idempotency-keys';
    const asked: string[] = [];
    const ended = Promise.withResolvers<void>();
    const watched: Queryable = {
      async query<Row extends Record<string, unknown>>(statement: Statement) {
        asked.push(statement.name);
        const rows = await db.query<Row>(statement);
        if (statement.name === last && rows[0]?.next === null) {
          ended.resolve();
        }
        return rows;
      },
    };
    housekeeping = startHousekeeping({ sweeps: createSweeps(watched, { checkDays, auditLogDays }), logger });
    await ended.promise;
    await housekeeping.stop();
    return asked;
  }

  const listIds = async () =>
    (await database.query('select id from checks order by created_at, id')).rows.map(({ id }) => id);

  test('removes old checks that have ended, and keeps each app’s last check and the last finished one of its main branch', async () => {
    const main = { metadata: { branch: 'main' } };
    await insert({ ...main, minutesAgo: OLD + 3 });
    const baseline = await insert({ ...main, minutesAgo: OLD + 2, conclusion: 'failure' });
    await insert({ ...main, minutesAgo: OLD + 1, conclusion: 'error' });
    await insert({ metadata: { branch: 'feature' }, minutesAgo: OLD });
    await insert({ minutesAgo: OLD, conclusion: 'cancelled' });
    const stillRunning = await insert({ minutesAgo: OLD - 1, conclusion: null });
    const young = await insert({ minutesAgo: KEPT_DAYS * DAY - 1 });
    const quiet = await server.createApp();
    await insert({ minutesAgo: OLD * 2 }, quiet);
    const lastOfQuiet = await insert({ minutesAgo: OLD * 2 - 1, conclusion: 'cancelled' }, quiet);
    await sweep({ checkDays: KEPT_DAYS });
    expect(await listIds()).toEqual([lastOfQuiet, baseline, stillRunning, young]);
  });

  test('removes the old check of the main branch once a newer one has finished', async () => {
    const main = { metadata: { branch: 'main' } };
    await insert({ ...main, minutesAgo: OLD });
    const newer = await insert({ ...main, minutesAgo: 20 });
    const newest = await insert({ minutesAgo: 10 });
    await sweep({ checkDays: KEPT_DAYS });
    expect(await listIds()).toEqual([newer, newest]);
    const { body } = await withKey(server, app, 'get', '/checks?branch=main&status=finished');
    expect(body.checks).toMatchObject([{ id: newer }]);
  });

  test('removes all old checks in batches, through any number of apps', async () => {
    const { rows } = await database.query(
      `insert into apps (organization_id, alias, name)
       select organization_id, 'many-' || number, 'Many' from apps, generate_series(1, 230) as number
       where id = $1 returning id`,
      [app.id],
    );
    await database.query(
      `insert into checks (id, app_id, status, conclusion, target_url, triggered_by, created_at, claimable_at)
       select gen_random_uuid(), app, 'finished', 'success', 'http://127.0.0.1:9/', 'api_key',
         now() - interval '100 days' + number * interval '1 second', null
       from unnest($1::uuid[]) as app, generate_series(1, 10) as number`,
      [rows.map(({ id }) => id)],
    );
    const asked = await sweep({ checkDays: KEPT_DAYS });
    // 230 × 9 checks are removed in batches of 1,000, and each statement looks at 100 apps.
    expect(asked.filter((name) => name === 'delete-old-checks').length).toBeGreaterThanOrEqual(3);
    const { rows: left } = await database.query(
      'select count(*)::int as checks, count(distinct app_id)::int as apps from checks',
    );
    expect(left).toEqual([{ checks: 230, apps: 230 }]);
    expect(logged).toContain('"what":"checks","deleted":2070');
  });

  test('keeps everything without a setting, except expired idempotency keys', async () => {
    const old = await insert({ minutesAgo: OLD * 10 });
    await insert({});
    const young = { key: 'young', hours: 23 };
    for (const { key, hours } of [young, { key: 'expired', hours: 25 }]) {
      await database.query(
        `insert into idempotency_keys (app_id, key, body_hash, check_id, created_at)
         values ($1, $2, '\\x00', $3, now() - make_interval(hours => $4))`,
        [app.id, key, old, hours],
      );
    }
    await database.query(`update audit_events set created_at = now() - interval '10 years'`);
    expect(new Set(await sweep({}))).toEqual(
      new Set(['delete-expired-failures', 'delete-expired-idempotency-keys']),
    );
    expect(await listIds()).toHaveLength(2);
    expect((await database.query('select key from idempotency_keys')).rows).toEqual([{ key: 'young' }]);
    const { body } = await asAdmin(server, 'get', `/api/apps/${app.id}/audit-log`);
    expect(body.events).toHaveLength(1);
  });

  test('removes old audit events', async () => {
    await database.query(`update audit_events set created_at = now() - interval '31 days'`);
    const young = await server.createApp();
    await sweep({ auditLogDays: KEPT_DAYS });
    const { rows } = await database.query('select app_id from audit_events');
    expect(rows).toEqual([{ app_id: young.id }]);
  });

  test('runs in one process at a time: a second process removes nothing', async () => {
    const stale = await insert({ minutesAgo: OLD });
    await insert({});
    const batch = { days: KEPT_DAYS, limit: 1000, from: app.id };
    const held = createDatabase({
      connectionString: database.connectionString,
      max: 1,
      onIdleError: () => {},
    });
    const turn = `hashtext('qassandra housekeeping')`;
    await held.query({ name: 'take', text: `select pg_advisory_lock(${turn})` });
    expect(await deleteOldChecks(db, batch)).toEqual({ is_ours: false, deleted: 0, next: null });
    expect(await listIds()).toContain(stale);
    await held.query({ name: 'give-back', text: `select pg_advisory_unlock(${turn})` });
    await held.close();
    expect(await deleteOldChecks(db, batch)).toMatchObject({ is_ours: true, deleted: 1 });
    expect(await listIds()).not.toContain(stale);
  });

  test('logs what failed, and continues with the rest', async () => {
    const stale = await insert({ minutesAgo: OLD });
    await insert({});
    await database.query('alter table idempotency_keys rename to gone');
    try {
      await sweep({ checkDays: KEPT_DAYS });
    } finally {
      await database.query('alter table gone rename to idempotency_keys');
    }
    expect(await listIds()).not.toContain(stale);
    expect(logged).toContain('"what":"idempotency keys","msg":"housekeeping failed');
  });

  test('stops with the server, after the current batch', async () => {
    const asked: string[] = [];
    const stopped = Promise.withResolvers<void>();
    const endless: Queryable = {
      async query<Row extends Record<string, unknown>>(statement: Statement) {
        asked.push(statement.name);
        if (asked.length === 3) {
          housekeeping?.stop().then(stopped.resolve, stopped.reject);
        }
        const row: Record<string, unknown> = { is_ours: true, deleted: 1000, next: randomUUID() };
        return [row] as Row[];
      },
    };
    housekeeping = startHousekeeping({ sweeps: createSweeps(endless, { checkDays: 1 }), logger });
    await stopped.promise;
    expect(asked).toHaveLength(3);
  });

  test('follows the server’s settings', async () => {
    const stale = await insert({ minutesAgo: 2 * DAY });
    await insert({});
    await database.query(`update audit_events set created_at = now() - interval '3 days'`);
    const other = await startTestServer({
      database,
      env: { CHECK_RETENTION_DAYS: '1', AUDIT_LOG_RETENTION_DAYS: '2' },
    });
    const countLeft = async () =>
      (await database.query('select count(*)::int as left from audit_events')).rows[0]?.left;
    while ((await listIds()).includes(stale) || (await countLeft()) !== 0) {
      await sleep(50);
    }
    await other.stop();
  });
});
