import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { createDatabase, type Database, type Queryable } from '../../../server/db/pool.ts';
import { createClaimer } from '../../../server/features/checks/queue/claimer.ts';
import { startQueue } from '../../../server/features/checks/queue/queue.ts';
import {
  type CheckOwner,
  type Claim,
  type ClaimedCheck,
  claimChecks,
} from '../../../server/features/checks/sql/claim-checks.ts';
import { createSecretBox } from '../../../server/features/secrets/secret-box.ts';
import { passed } from '../../helpers/server/checks.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { createQueuedApps, type QueuedApps } from '../../helpers/server/queued-apps.ts';

describe('a claim', () => {
  let database: TestDatabase;
  let db: Database;
  let apps: QueuedApps;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = createDatabase({ connectionString: database.connectionString, onIdleError: () => {} });
    apps = createQueuedApps(database);
  });
  beforeEach(async () => {
    await database.query('truncate organizations cascade');
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  const IDLE = { leaseSeconds: 15, running: [], checksAtOnce: 8, afterAppId: randomUUID(), served: [] };

  const claim = (overrides: Partial<Claim> = {}) => claimChecks(db, { ...IDLE, limit: 1, ...overrides });

  const toAppIds = (checks: readonly CheckOwner[]) => checks.map(({ app_id }) => app_id).sort();

  /** Claims one check after the other, as one process that never ends any; returns their apps. */
  async function claimInTurn(count: number, checksAtOnce = 100): Promise<string[]> {
    const claimed: ClaimedCheck[] = [];
    while (claimed.length < count) {
      const { checks } = await claim({ running: claimed, checksAtOnce });
      claimed.push(...checks);
    }
    return claimed.map(({ app_id }) => app_id);
  }

  /** Two organizations: one with two apps, one with one. All have four checks, the first app's are the oldest. */
  async function addThreeApps(): Promise<[first: string, second: string, other: string]> {
    const organization = await apps.addOrganization();
    const [first, second] = [await apps.addApp(organization), await apps.addApp(organization)];
    const other = await apps.addApp(await apps.addOrganization());
    await apps.queueChecks(first, { count: 4, dueSecondsAgo: 30 });
    await apps.queueChecks(second, { count: 4, dueSecondsAgo: 20 });
    await apps.queueChecks(other, { count: 4, dueSecondsAgo: 10 });
    return [first, second, other];
  }

  test('chooses the organization, then the app, with the fewest running checks', async () => {
    const [first, second, other] = await addThreeApps();
    expect(await claimInTurn(6)).toEqual([first, other, second, other, first, other]);
  });

  test('fills several slots as if it filled one after the other', async () => {
    const [first, second, other] = await addThreeApps();
    const { checks } = await claim({ limit: 6 });
    expect(toAppIds(checks)).toEqual([first, other, second, other, first, other].sort());
  });

  test('counts what other processes run', async () => {
    const [first, second, other] = await addThreeApps();
    await claim({ limit: 2 });
    expect(toAppIds((await claim({ limit: 2 })).checks)).toEqual([second, other].sort());
    expect(toAppIds((await claim({ limit: 2 })).checks)).toEqual([first, other].sort());
  });

  test('takes the check of an app that has waited longest', async () => {
    const app = await apps.addApp(await apps.addOrganization());
    for (const dueSecondsAgo of [1, 3, 2]) {
      await apps.queueChecks(app, { dueSecondsAgo, url: `http://127.0.0.1:9/${dueSecondsAgo}` });
    }
    const { checks } = await claim({ limit: 2 });
    expect(checks.map(({ target_url }) => target_url).sort()).toEqual([
      'http://127.0.0.1:9/2',
      'http://127.0.0.1:9/3',
    ]);
  });

  test('takes a check whose lease ran out in its turn, and counts the attempt', async () => {
    const app = await apps.addApp(await apps.addOrganization());
    await apps.queueChecks(app);
    const [lost] = (await claim()).checks;
    await database.query(`update checks set claimable_at = now() - interval '5 seconds'`);
    await apps.queueChecks(app, { dueSecondsAgo: 9 });
    await apps.queueChecks(app, { dueSecondsAgo: 1 });
    const inTurn = [];
    for (const _ of [1, 2, 3]) {
      inTurn.push(...(await claim()).checks);
    }
    expect(inTurn.map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
    expect(inTurn[1]?.id).toBe(lost?.id);
    expect(inTurn[1]?.lease_token).not.toBe(lost?.lease_token);
  });

  test('leaves a slot for another app, and one for another organization if there is one', async () => {
    const organization = await apps.addOrganization();
    const app = await apps.addApp(organization);
    await apps.queueChecks(app, { count: 20 });
    expect((await claim({ limit: 4, checksAtOnce: 4 })).checks).toHaveLength(3);
    await apps.addApp(await apps.addOrganization());
    expect((await claim({ limit: 4, checksAtOnce: 4 })).checks).toHaveLength(2);
    const running = [1, 2].map(() => ({ app_id: app, organization_id: organization }));
    expect((await claim({ limit: 2, checksAtOnce: 4, running })).checks).toEqual([]);
    expect((await claim({ limit: 1, checksAtOnce: 1 })).checks).toHaveLength(1);
  });

  test('alternates among organizations and apps that run nothing', async () => {
    const [first, second, other] = await addThreeApps();
    const served: CheckOwner[] = [];
    for (const _ of [1, 2, 3, 4, 5]) {
      served.unshift(...(await claim({ served })).checks);
      await database.query(
        `update checks set status = 'finished', conclusion = 'success', claimable_at = null where status = 'running'`,
      );
    }
    expect(served.map(({ app_id }) => app_id)).toEqual([first, other, second, other, first]);
  });

  test('visits all apps in turn, however many there are', async () => {
    const organization = await apps.addOrganization();
    await database.query(
      `with app as (
         insert into apps (id, organization_id, alias, name)
         select gen_random_uuid(), $1, 'app-' || number, 'App' from generate_series(1, 1001) as number
         returning id
       )
       insert into checks (id, app_id, target_url, triggered_by)
       select gen_random_uuid(), id, 'http://127.0.0.1:9/', 'api_key' from app`,
      [organization],
    );
    const claimed = new Set<string>();
    let afterAppId: string = randomUUID();
    let claims = 0;
    while (claimed.size < 1001 && claims < 300) {
      claims += 1;
      const { checks, lastAppId } = await claim({ afterAppId, limit: 8, checksAtOnce: 2_000 });
      for (const { app_id } of checks) {
        claimed.add(app_id);
      }
      afterAppId = lastAppId ?? afterAppId;
    }
    expect(claimed.size).toBe(1001);
    expect((await claim()).checks).toEqual([]);
  });

  test('is followed by a rest only if it found nothing among many apps', async () => {
    const flooding = await apps.addOrganization();
    const owners = await Promise.all(Array.from({ length: 300 }, () => apps.addApp(flooding)));
    await Promise.all(owners.map((appId) => apps.queueChecks(appId)));
    const other = await apps.addApp(await apps.addOrganization());
    const running = owners.slice(0, 3).map((app_id) => ({
      ...{
        id: app_id,
        app_id,
        organization_id: flooding,
        target_url: '',
        discover_flows: false,
        has_settings: false,
      },
      ...{ lease_token: app_id, attempts: 1 },
    }));
    const list = () => running;
    const claimer = createClaimer({ db, running: { list }, checksAtOnce: 4, leaseSeconds: 15 });
    const claimRound = async (): Promise<string[]> => {
      claimer.startRound();
      const claimed: string[] = [];
      for (;;) {
        const { checks, again } = await claimer.claim();
        claimed.push(...toAppIds(checks));
        if (again === 'when woken' || claimed.length > 0) {
          return claimed;
        }
      }
    };
    expect(await claimRound()).toEqual([]);
    expect(claimer.restMs()).toBeGreaterThan(0);
    await apps.queueChecks(other);
    expect(await claimRound()).toEqual([other]);
    expect(claimer.restMs()).toBeLessThanOrEqual(0);
  });

  test('skips checks that another transaction has locked, and says if too few were left', async () => {
    const app = await apps.addApp(await apps.addOrganization());
    await apps.queueChecks(app, { count: 2 });
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    await client.query('begin');
    await client.query('select from checks limit 1 for update');
    expect(await claim()).toMatchObject({ checks: [{ app_id: app }], isContended: false });
    expect(await claim()).toMatchObject({ checks: [], isContended: true });
    await client.query('rollback');
    await client.end();
    expect(await claim()).toMatchObject({ checks: [{ app_id: app }], isContended: false });
    expect(await claim()).toMatchObject({ checks: [], isContended: false });
  });

  test('takes every check exactly once when many processes claim at the same time', async () => {
    const organization = await apps.addOrganization();
    const owners = await Promise.all(Array.from({ length: 5 }, () => apps.addApp(organization)));
    await Promise.all(owners.map((appId) => apps.queueChecks(appId, { count: 20 })));
    const claimAll = async (): Promise<string[]> => {
      const ids: string[] = [];
      for (;;) {
        const { checks, isContended } = await claim({ limit: 4 });
        ids.push(...checks.map(({ id }) => id));
        if (checks.length === 0 && !isContended) {
          return ids;
        }
      }
    };
    const ids = (await Promise.all(Array.from({ length: 8 }, claimAll))).flat();
    expect(ids).toHaveLength(100);
    expect(new Set(ids).size).toBe(100);
  });

  test('is repeated without waiting for the poll if others made it come back empty', async () => {
    const app = await apps.addApp(await apps.addOrganization());
    await apps.queueChecks(app);
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    await client.query('begin');
    await client.query('select from checks for update');
    const repeated = Promise.withResolvers<void>();
    const ran = Promise.withResolvers<void>();
    let claims = 0;
    const counted: Queryable = {
      query: (statement) => {
        claims += statement.name === 'claim-checks' ? 1 : 0;
        if (claims === 4) {
          repeated.resolve();
        }
        return db.query(statement);
      },
    };
    const queue = startQueue({
      db: counted,
      // Notifies nobody: only the poll, every 5 s, would have it look again.
      listener: { subscribe: () => {}, notify: () => {}, stop: async () => {} },
      runner: {
        async *run() {
          ran.resolve();
          yield { flow: passed('GET /') };
        },
      },
      secretBox: createSecretBox([]),
      checksAtOnce: 2,
      logger: pino({ level: 'silent' }),
      observers: [],
    });
    await repeated.promise;
    await client.query('rollback');
    await client.end();
    await ran.promise;
    await queue.stop();
    expect(claims).toBeLessThan(1_000);
  }, 14_000);
});
