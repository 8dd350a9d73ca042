import { randomUUID } from 'node:crypto';
import { migrate } from '../server/db/migrate.ts';
import { createDatabase, type Database, type Queryable } from '../server/db/pool.ts';
import { type CheckOwner, claimChecks } from '../server/features/checks/sql/claim-checks.ts';
import { triggerChecks } from '../server/features/checks/sql/trigger-checks.ts';
import { startPostgres } from './triggers/postgres.ts';
import { createTrigger } from './triggers/trigger.ts';

/**
 * Measures what a claim costs while many checks are queued, compared with the claim of the previous release, which took
 * the oldest ones of all apps; and what the index that it needs costs a trigger. Run it with `npm run bench:claims`.
 * Claims and statements alternate. Exits with 1 if a claim takes longer than the limit.
 */

const CHECKS = 100_000;
const CLAIMS = 400;
const LIMIT_MS = 10;
const RUNNING_ELSEWHERE = 40;
const STATEMENTS = 1_500;
const TRIGGERS_A_STATEMENT = 16;

interface Shape {
  readonly name: string;
  readonly organizations: number;
  readonly apps: number;
  readonly checks: number;
}

const SHAPES: readonly Shape[] = [
  { name: '1,000 apps of 100 organizations', organizations: 100, apps: 1_000, checks: CHECKS },
  { name: 'one app', organizations: 1, apps: 1, checks: CHECKS },
  { name: 'one app, 500 checks', organizations: 1, apps: 1, checks: 500 },
  { name: '10,000 apps of 1,000 organizations', organizations: 1_000, apps: 10_000, checks: CHECKS },
];

// What a process remembers from one claim to the next.
let afterAppId: string = randomUUID();
let served: readonly CheckOwner[] = [];

await bench();

async function bench(): Promise<void> {
  const postgres = await startPostgres();
  try {
    const rows: object[] = [];
    for (const [index, shape] of SHAPES.entries()) {
      const db = await open(await postgres.createDatabase(`claims_${index}`));
      await fill(db, shape);
      rows.push(await measureClaims(db, shape));
      await db.close();
    }
    console.log(`Milliseconds of ${CLAIMS} claims of up to 4 checks, limit ${LIMIT_MS} ms at p99`);
    console.table(rows);
    const withIndex = await open(await postgres.createDatabase('with_index'));
    const without = await open(await postgres.createDatabase('without_index'));
    await run(without, 'drop index checks_queued_by_app');
    await measureTriggers(withIndex, without);
    await Promise.all([withIndex.close(), without.close()]);
  } finally {
    await postgres.stop();
  }
}

async function open(connectionString: string): Promise<Database> {
  await migrate(connectionString);
  return createDatabase({
    connectionString,
    max: 1,
    onIdleError: (error) => {
      throw error;
    },
  });
}

async function run(db: Queryable, text: string, values: readonly unknown[] = []): Promise<object[]> {
  return db.query({ name: `bench-${text.length}-${text.slice(0, 30)}`, text, values });
}

async function fill(db: Queryable, { organizations, apps, checks }: Shape): Promise<void> {
  // The server plans its statements when it starts, mostly on small tables.
  await claim(db, []);
  await addApps(db, organizations, apps);
  await run(
    db,
    `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
     select gen_random_uuid(), id, 'http://127.0.0.1:9/', 'api_key', now() - random() * interval '1 hour'
     from apps, generate_series(1, $1::integer) order by random()`,
    [checks / apps],
  );
  await run(
    db,
    `update checks set status = 'running', claimable_at = now() + interval '1 day', lease_token = gen_random_uuid()
     where id in (select id from checks limit $1::integer)`,
    [RUNNING_ELSEWHERE],
  );
  await run(db, 'vacuum analyze');
}

async function addApps(db: Queryable, organizations: number, apps: number): Promise<void> {
  await run(
    db,
    `with organization as (
       insert into organizations (name) select 'Acme' from generate_series(1, $1::integer) returning id
     ),
     app as (
       insert into apps (organization_id, alias, name, url)
       select id, left(md5(random()::text), 30), 'App', 'http://127.0.0.1:9/'
       from organization, generate_series(1, $2::integer)
       returning id
     )
     insert into api_keys (app_id, key_hash, start, last_four)
     select id, sha256(convert_to(id::text, 'UTF8')), 'qsk_test', 'test' from app`,
    [organizations, apps / organizations],
  );
}

/** Claims like a process that already runs two checks. */
async function claim(db: Queryable, running: readonly CheckOwner[]): Promise<void> {
  const options = { limit: 4, leaseSeconds: 15, checksAtOnce: 6, running, afterAppId, served };
  const { checks, lastAppId } = await claimChecks(db, options);
  served = [...checks, ...served].slice(0, 16);
  afterAppId = lastAppId ?? afterAppId;
}

/** The claim of the previous release: the oldest checks of all apps. */
async function claimOldest(db: Queryable): Promise<void> {
  await db.query({
    name: 'claim-oldest',
    text: `
      with next as (
        select id
        from (
          select id from checks
          where claimable_at <= now() order by claimable_at limit 100 for update skip locked
        ) as waiting
        limit $1::integer
      ),
      claimed as (
        update checks set
          status = 'running', started_at = coalesce(started_at, now()), flows = '[]', revision = revision + 1,
          claimable_at = now() + make_interval(secs => $2::double precision),
          lease_token = gen_random_uuid(), attempts = attempts + 1
        where id = any (array(select id from next))
        returning id, app_id, target_url, metadata, lease_token, attempts
      ),
      dropped as (
        delete from check_progress where check_id = any (array(select id from next))
      )
      select
        id, app_id, target_url, coalesce((metadata ->> 'discover_flows')::boolean, false) as discover_flows,
        lease_token, attempts
      from claimed`,
    values: [4, 15],
  });
}

async function measureClaims(db: Queryable, { name, apps }: Shape): Promise<object> {
  const running = Object(
    await run(db, 'select id as app_id, organization_id from apps order by id limit 2'),
  ) as CheckOwner[];
  const times: Record<'fair' | 'oldest', number[]> = { fair: [], oldest: [] };
  for (let pass = -10; pass < CLAIMS; pass += 1) {
    const fair = await time(() => claim(db, apps === 1 ? [] : running));
    await end(db);
    const oldest = await time(() => claimOldest(db));
    await end(db);
    if (pass >= 0) {
      times.fair.push(fair);
      times.oldest.push(oldest);
    }
  }
  const p99 = findQuantile(times.fair, 0.99);
  if (p99 > LIMIT_MS) {
    process.exitCode = 1;
  }
  return {
    queue: name,
    p50: round(findQuantile(times.fair, 0.5)),
    p99: round(p99),
    'p50, oldest': round(findQuantile(times.oldest, 0.5)),
    'p99, oldest': round(findQuantile(times.oldest, 0.99)),
    'ratio of p50': round(findQuantile(times.fair, 0.5) / findQuantile(times.oldest, 0.5)),
    'within limit': p99 <= LIMIT_MS,
  };
}

/** Ends the claimed checks. */
async function end(db: Queryable): Promise<void> {
  await run(
    db,
    `update checks set status = 'finished', conclusion = 'success', claimable_at = null, lease_token = null
     where claimable_at > now() and claimable_at < now() + interval '1 hour'`,
  );
}

async function measureTriggers(withIndex: Queryable, without: Queryable): Promise<void> {
  const times: Record<'with' | 'without', number[]> = { with: [], without: [] };
  await addApps(withIndex, 1, 100);
  await addApps(without, 1, 100);
  const apps = { with: await readApps(withIndex), without: await readApps(without) };
  for (let pass = -100; pass < STATEMENTS; pass += 1) {
    const now = {
      with: await time(() => trigger(withIndex, apps.with)),
      without: await time(() => trigger(without, apps.without)),
    };
    if (pass >= 0) {
      times.with.push(now.with);
      times.without.push(now.without);
    }
  }
  const ratio = findQuantile(times.with, 0.5) / findQuantile(times.without, 0.5);
  console.log(`A statement of ${TRIGGERS_A_STATEMENT} triggers, median of ${STATEMENTS}: `);
  console.log(`  with the index on app and time  ${round(findQuantile(times.with, 0.5))} ms`);
  console.log(`  without                         ${round(findQuantile(times.without, 0.5))} ms`);
  console.log(`  ratio                           ${round(ratio)}`);
}

interface KeyedApp {
  readonly id: string;
  readonly key_hash: Buffer;
}

async function readApps(db: Queryable): Promise<KeyedApp[]> {
  return db.query<KeyedApp>({ name: 'bench-apps', text: 'select app_id as id, key_hash from api_keys' });
}

async function trigger(db: Queryable, apps: readonly KeyedApp[]): Promise<void> {
  const triggers = Array.from({ length: TRIGGERS_A_STATEMENT }, () => {
    const app = apps[Math.floor(Math.random() * apps.length)];
    if (app === undefined) {
      throw new Error('There is no app.');
    }
    return createTrigger(app);
  });
  await triggerChecks(db, triggers, { locked: 'skip', hourlyLimit: undefined });
}

async function time(task: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await task();
  return performance.now() - startedAt;
}

function findQuantile(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(Math.floor(quantile * sorted.length), sorted.length - 1)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
