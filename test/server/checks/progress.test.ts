import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createDatabase, type Database, type Queryable } from '../../../server/db/pool.ts';
import { createProgressWriter } from '../../../server/features/checks/queue/progress-writer.ts';
import type { FlowResult } from '../../../server/features/checks/schema.ts';
import { cancelCheck } from '../../../server/features/checks/sql/cancel-check.ts';
import { type ClaimedCheck, claimChecks } from '../../../server/features/checks/sql/claim-checks.ts';
import { findCheck } from '../../../server/features/checks/sql/find-check.ts';
import { finishCheck } from '../../../server/features/checks/sql/finish-check.ts';
import { listChecks } from '../../../server/features/checks/sql/list-checks.ts';
import { readChecks } from '../../../server/features/checks/sql/read-checks.ts';
import { releaseCheck } from '../../../server/features/checks/sql/release-check.ts';
import { saveProgress } from '../../../server/features/checks/sql/save-progress.ts';
import { failed, insertCheck, passed } from '../../helpers/server/checks.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { askInTransaction, waitUntilBlocked } from '../../helpers/server/locks.ts';

const HOME = passed('GET /');
const NEXT = passed('GET /next');
const GONE = failed('GET /gone', 'responded 404 Not Found');
const SUCCESS = { conclusion: 'success', error: null, incomplete: null, warnings: [] } as const;

describe('the progress of a check', () => {
  let database: TestDatabase;
  let db: Database;
  let app: { readonly id: string };
  beforeAll(async () => {
    database = await createTestDatabase();
    db = createDatabase({ connectionString: database.connectionString, onIdleError: () => {} });
    const { rows } = await database.query(
      `with organization as (insert into organizations (name) values ('acme') returning id)
       insert into apps (organization_id, alias, name) select id, 'shop', 'Shop' from organization returning id`,
    );
    app = { id: String(rows[0]?.id) };
  });
  beforeEach(async () => {
    await database.query('truncate checks, check_progress');
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  const claim = async (on: Queryable = db) =>
    (
      await claimChecks(on, {
        limit: 1,
        leaseSeconds: 15,
        running: [],
        checksAtOnce: 1,
        afterAppId: randomUUID(),
        served: [],
      })
    ).checks;

  /** A check that a worker has claimed. */
  async function start(): Promise<ClaimedCheck> {
    await database.query(
      `insert into checks (id, app_id, target_url, triggered_by)
       values ($1, $2, 'http://127.0.0.1:9/', 'api_key')`,
      [randomUUID(), app.id],
    );
    return takeOnly(await claim());
  }

  function takeOnly<Item>(items: readonly Item[]): Item {
    const [item] = items;
    if (item === undefined || items.length > 1) {
      throw new Error(`There are ${items.length}, not one.`);
    }
    return item;
  }

  const leaseOf = ({ id, lease_token }: ClaimedCheck) => ({ checkId: id, leaseToken: lease_token });
  const expire = ({ id }: { id: string }) =>
    database.query(`update checks set claimable_at = now() - interval '1 second' where id = $1`, [id]);
  const cancel = ({ id }: { id: string }, on: Queryable = db) =>
    cancelCheck(on, { appId: app.id, checkId: id });
  const read = async ({ id }: { id: string }) =>
    takeOnly([await findCheck(db, app.id, id)].flatMap((row) => row ?? []));
  const readFlows = async (check: { id: string }) => (await read(check)).flows;
  const countRows = async () =>
    (await database.query('select count(*)::int as rows from check_progress')).rows[0]?.rows;

  test('is read in order by all readers of checks, and each save raises the revision', async () => {
    const check = await start();
    const { revision } = await read(check);
    await saveProgress(db, { ...leaseOf(check), flows: [HOME, NEXT], position: 0, known: null });
    await saveProgress(db, { ...leaseOf(check), flows: [GONE], position: 2, known: null });
    const row = await read(check);
    expect(row).toMatchObject({ status: 'running', flows: [HOME, NEXT, GONE], revision: revision + 2 });
    const page = { appId: app.id, limit: 5, before: undefined, branch: undefined, status: undefined };
    expect(await listChecks(db, { ...page, conclusion: undefined })).toEqual([row]);
    expect(await readChecks(db, [check.id])).toEqual([row]);
  });

  test('is written once: a save adds only its own flows', async () => {
    const check = await start();
    const flows = Array.from({ length: 12 }, (_, at) => passed(`GET /${at}`));
    for (const [position, flow] of flows.entries()) {
      await saveProgress(db, { ...leaseOf(check), flows: [flow], position, known: null });
    }
    expect(await readFlows(check)).toEqual(flows);
    const { rows } = await database.query('select flows from checks');
    expect(rows).toEqual([{ flows: [] }]);
    expect(await countRows()).toBe(12);
  });

  test('has how many flows are known, until the check starts anew', async () => {
    const check = await start();
    expect(await read(check)).toMatchObject({ attempts: 1, known_flows: null });
    await saveProgress(db, { ...leaseOf(check), flows: [HOME], position: 0, known: 7 });
    expect(await read(check)).toMatchObject({ known_flows: 7 });
    await expire(check);
    await claim();
    expect(await read(check)).toMatchObject({ attempts: 2, known_flows: null });
  });

  test('is the same when a save is repeated because its answer was lost', async () => {
    const check = await start();
    await saveProgress(db, { ...leaseOf(check), flows: [HOME], position: 0, known: null });
    await saveProgress(db, { ...leaseOf(check), flows: [HOME, NEXT], position: 0, known: null });
    expect(await readFlows(check)).toEqual([HOME, NEXT]);
  });

  test('is replaced by the whole result when the check ends', async () => {
    const check = await start();
    await saveProgress(db, { ...leaseOf(check), flows: [HOME], position: 0, known: null });
    const incomplete = { reason: 'page_limit', left: 7, message: '7 pages were not opened.' } as const;
    const warnings = ['GET / was cut.'];
    const result = { flows: [HOME, GONE], conclusion: 'failure', error: null, incomplete, warnings } as const;
    expect(await finishCheck(db, { ...leaseOf(check), ...result })).toBe(true);
    expect(await read(check)).toMatchObject({
      status: 'finished',
      flows: [HOME, GONE],
      incomplete,
      warnings,
      counts: { total: 2, passed: 1, failed: 1, skipped: 0 },
    });
    expect(await countRows()).toBe(0);
    expect(await saveProgress(db, { ...leaseOf(check), flows: [NEXT], position: 1, known: null })).toBe(
      false,
    );
    expect(await countRows()).toBe(0);
  });

  test('is shown after a cancellation, and deleted with the check', async () => {
    const check = await start();
    await saveProgress(db, { ...leaseOf(check), flows: [HOME], position: 0, known: null });
    expect(await cancel(check)).toBe(true);
    expect(await read(check)).toMatchObject({ status: 'cancelled', flows: [HOME] });
    await database.query('delete from checks');
    expect(await countRows()).toBe(0);
  });

  test('is shown after a release, until the check starts anew', async () => {
    const check = await start();
    await saveProgress(db, { ...leaseOf(check), flows: [HOME], position: 0, known: null });
    await releaseCheck(db, check, { countsAttempt: false });
    expect(await readFlows(check)).toEqual([HOME]);
    await claim();
    expect(await readFlows(check)).toEqual([]);
    expect(await countRows()).toBe(0);
  });

  test('is not changed by a worker that lost its lease', async () => {
    const lost = await start();
    await saveProgress(db, { ...leaseOf(lost), flows: [HOME, NEXT], position: 0, known: null });
    await expire(lost);
    const taken = takeOnly(await claim());
    const { revision } = await read(taken);
    expect(await saveProgress(db, { ...leaseOf(lost), flows: [GONE], position: 2, known: null })).toBe(false);
    expect(await finishCheck(db, { ...leaseOf(lost), flows: [], ...SUCCESS })).toBe(false);
    expect(await read(taken)).toMatchObject({ status: 'running', flows: [], revision });
    await saveProgress(db, { ...leaseOf(taken), flows: [HOME], position: 0, known: null });
    expect(await readFlows(taken)).toEqual([HOME]);
  });

  test('is not changed by a save during a cancellation', async () => {
    const check = await start();
    let saving: Promise<boolean> | undefined;
    await askInTransaction(
      database,
      (on) => cancel(check, on),
      async () => {
        saving = saveProgress(db, { ...leaseOf(check), flows: [HOME], position: 0, known: null });
        await waitUntilBlocked(database);
      },
    );
    expect(await saving).toBe(false);
    expect(await read(check)).toMatchObject({ status: 'cancelled', flows: [] });
    expect(await countRows()).toBe(0);
  });

  test('is shown after a cancellation if it was saved just before', async () => {
    const check = await start();
    let cancelling: Promise<boolean> | undefined;
    await askInTransaction(
      database,
      (on) => saveProgress(on, { ...leaseOf(check), flows: [HOME], position: 0, known: null }),
      async () => {
        cancelling = cancel(check);
        await waitUntilBlocked(database);
      },
    );
    expect(await cancelling).toBe(true);
    expect(await read(check)).toMatchObject({ status: 'cancelled', flows: [HOME] });
  });

  test('is not changed by a save while another worker claims the check', async () => {
    const lost = await start();
    await expire(lost);
    let saving: Promise<boolean> | undefined;
    const claimed = await askInTransaction(database, claim, async () => {
      saving = saveProgress(db, { ...leaseOf(lost), flows: [HOME], position: 0, known: null });
      await waitUntilBlocked(database);
    });
    expect(claimed).toMatchObject([{ id: lost.id, attempts: 2 }]);
    expect(await saving).toBe(false);
    expect(await readFlows(lost)).toEqual([]);
    expect(await countRows()).toBe(0);
  });

  test('keeps other workers from claiming the check while it is saved, and is dropped by the next claim', async () => {
    const lost = await start();
    await expire(lost);
    await askInTransaction(
      database,
      (on) => saveProgress(on, { ...leaseOf(lost), flows: [HOME], position: 0, known: null }),
      async () => expect(await claim()).toEqual([]),
    );
    expect(await readFlows(lost)).toEqual([HOME]);
    expect(await claim()).toHaveLength(1);
    expect(await readFlows(lost)).toEqual([]);
  });

  test('is not shown as the next attempt’s if a claim did not see it', async () => {
    const check = await start();
    // As of a save that was committed after the claim's statement began, and before it locked the check.
    await database.query(
      `insert into check_progress (check_id, position, lease_token, flow)
       select $1, number, gen_random_uuid(), $2 from generate_series(0, 2) as number`,
      [check.id, JSON.stringify(GONE)],
    );
    expect(await readFlows(check)).toEqual([]);
    await saveProgress(db, { ...leaseOf(check), flows: [HOME], position: 0, known: null });
    expect(await readFlows(check)).toEqual([HOME]);
    await finishCheck(db, { ...leaseOf(check), flows: [HOME], ...SUCCESS });
    expect(await countRows()).toBe(0);
  });

  test('is saved with the next save if it could not be saved', async () => {
    const check = await start();
    const batches: unknown[] = [];
    const breaking: Queryable = {
      query: async (statement) => {
        batches.push(statement.values?.slice(2, 4));
        if (batches.length === 1) {
          throw new Error('the connection broke');
        }
        return db.query(statement);
      },
    };
    let changes = 0;
    const progress = createProgressWriter({
      db: breaking,
      logger: pino({ level: 'silent' }),
      check,
      onChanged: () => {
        changes += 1;
      },
    });
    const add = async (flow: FlowResult, until: number) => {
      progress.add({ flow });
      while (batches.length < until) {
        await sleep(10);
      }
    };
    await add(HOME, 1);
    await add(NEXT, 2);
    await add(GONE, 3);
    await progress.stop();
    expect(await readFlows(check)).toEqual([HOME, NEXT, GONE]);
    expect(batches).toEqual([
      [0, JSON.stringify([HOME])],
      [0, JSON.stringify([HOME, NEXT])],
      [2, JSON.stringify([GONE])],
    ]);
    expect(changes).toBe(2);
  });

  test('is shown, while the check runs and after a cancellation, if an older server saved it into the row', async () => {
    const running = await insertCheck(database, app, { conclusion: null, flows: [HOME, NEXT] });
    expect(await readFlows({ id: running })).toEqual([HOME, NEXT]);
    await cancel({ id: running });
    expect(await readFlows({ id: running })).toEqual([HOME, NEXT]);
  });
});
