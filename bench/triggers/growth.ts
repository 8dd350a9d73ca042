import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type ServerProcess, startServerProcess } from '../../test/helpers/server/server-process.ts';
import { type BenchApp, createApp } from './app.ts';
import { type LoadResult, putLoad } from './load.ts';
import { startPostgres } from './postgres.ts';
import { METADATA } from './trigger.ts';

/**
 * Measures how the cost of a trigger grows with the number of apps, stored checks, instances and waiting requests.
 *
 *   npm run bench:growth -- --apps 10,1000,100000 --checks 1000000,10000000 --instances 1,2,4 --waiters 1000
 */
const { values: options } = parseArgs({
  options: {
    apps: { type: 'string', default: '10,1000,100000' },
    checks: { type: 'string', default: '1000000,10000000' },
    instances: { type: 'string', default: '1,2,4' },
    waiters: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
  },
});
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const toNumbers = (list: string): number[] => list.split(',').filter(Boolean).map(Number);

await measureGrowth();

async function measureGrowth(): Promise<void> {
  const postgres = await startPostgres();
  const connectionString = await postgres.createDatabase('growth');
  const env = {
    DATABASE_URL: connectionString,
    NODE_ENV: 'production',
    PUBLIC_URL: 'http://localhost:1',
    // Counted as usual, and never reached.
    TRIGGER_LIMIT_PER_APP: '100000000',
    // The same as in `npm start`.
    NODE_COMPILE_CACHE: 'node_modules/.cache/node',
  };
  const start = () => startServerProcess({ env, isLogDropped: true });
  const servers = [await start()];
  const [server] = servers as [ServerProcess];
  const database = new pg.Pool({ connectionString, max: 1 });
  const app = await createApp(server, database, 'bench');
  try {
    console.log(`node ${process.versions.node}, 32 connections, median of ${rounds} rounds of ${seconds} s`);
    const idle = await readResident(server);
    report('idle, resident', `${toMegabytes(idle)} MB`);
    for (const count of toNumbers(options.apps)) {
      await addApps(database, count);
      reportLoad(`${count.toLocaleString('en')} apps`, await putTriggers([server], app));
    }
    report('after that, resident', `${toMegabytes(await readResident(server))} MB`);
    for (const count of toNumbers(options.instances)) {
      while (servers.length < count) {
        servers.push(await start());
      }
      reportLoad(`${count} instances`, await putTriggers(servers, app));
    }
    await Promise.all(servers.splice(1).map((each) => each.end('SIGTERM')));
    for (const count of toNumbers(options.waiters)) {
      await holdWaiters(server, { app, database, count });
    }
    for (const count of toNumbers(options.checks)) {
      await addChecks(database, { appId: app.id, count });
      reportLoad(`${count.toLocaleString('en')} checks stored`, await putTriggers([server], app));
    }
  } finally {
    await Promise.all(servers.map((each) => each.end('SIGTERM')));
    await database.end();
    await postgres.stop();
  }
}

/** Puts the same load on all instances at once, with 32 connections in total. */
async function putTriggers(servers: readonly ServerProcess[], app: BenchApp): Promise<LoadResult> {
  const results: LoadResult[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const parts = await Promise.all(
      servers.map(({ url }) =>
        putLoad({
          url: `${url}/api/apps/${app.alias}/trigger`,
          connections: 32 / servers.length,
          seconds: round === 0 ? 2 : seconds,
          headers: { authorization: `Bearer ${app.key}` },
          body: JSON.stringify(METADATA),
          status: 202,
        }),
      ),
    );
    // The first round warms up.
    if (round > 0) {
      results.push({
        rate: parts.reduce((sum, { rate }) => sum + rate, 0),
        p50: Math.max(...parts.map(({ p50 }) => p50)),
        p99: Math.max(...parts.map(({ p99 }) => p99)),
      });
    }
  }
  return results.toSorted((left, right) => left.rate - right.rate)[Math.floor(rounds / 2)] as LoadResult;
}

/** Adds apps with a key each, until there are `count`. */
async function addApps(database: pg.Pool, count: number): Promise<void> {
  await database.query(
    `with added as (
       insert into apps (organization_id, alias, name, url)
       select (select id from organizations limit 1), 'app-' || number, 'App ' || number, 'http://127.0.0.1:9/'
       from generate_series((select count(*) from apps), $1::integer - 1) as number
       returning id
     )
     insert into api_keys (app_id, key_hash, start, last_four)
     select id, sha256(convert_to(id::text, 'UTF8')), 'qsk_test', 'test' from added`,
    [count],
  );
  await database.query('vacuum analyze apps, api_keys');
}

/** Replaces all checks with `count` ended checks of one app. */
async function addChecks(
  database: pg.Pool,
  { appId, count }: { appId: string; count: number },
): Promise<void> {
  await database.query('truncate checks, check_progress');
  await database.query(
    `insert into checks (
       id, app_id, status, conclusion, target_url, metadata, triggered_by, flows, created_at, started_at, finished_at,
       claimable_at
     )
     select
       gen_random_uuid(), $1::uuid, 'finished', 'success', 'http://127.0.0.1:9/', '{"branch": "main"}', 'api_key',
       '[{"name": "GET /", "status": "passed", "duration_ms": 12}]', now() - make_interval(secs => number),
       now(), now(), null
     from generate_series(1, $2::integer) as number`,
    [appId, count],
  );
  await database.query('vacuum analyze checks');
}

/** Measures the memory of each waiting request, and the database transactions of all of them. */
async function holdWaiters(
  server: ServerProcess,
  { app, database, count }: { app: BenchApp; database: pg.Pool; count: number },
): Promise<void> {
  // Remaining checks would run and be counted too.
  await database.query('truncate checks, check_progress');
  const { rows } = await database.query<{ id: string }>(
    `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
     values (gen_random_uuid(), $1::uuid, 'http://127.0.0.1:9/', 'api_key', now() + interval '1 hour')
     returning id`,
    [app.id],
  );
  const before = await readResident(server);
  const gone = new AbortController();
  const waiting = Array.from({ length: count }, () =>
    fetch(`${server.url}/api/apps/${app.alias}/checks/${rows[0]?.id}?wait=60`, {
      headers: { authorization: `Bearer ${app.key}` },
      signal: gone.signal,
    }).catch(() => undefined),
  );
  // Wait until each of them has queried once.
  await sleep(25_000);
  const held = await readResident(server);
  const asked = await countStatements(database);
  await sleep(15_000);
  const perSecond = ((await countStatements(database)) - asked) / 15;
  report(
    `${count.toLocaleString('en')} who wait`,
    `${((held - before) / count / 1024).toFixed(0)} KiB each, ${perSecond.toFixed(1)} transactions a second`,
  );
  gone.abort();
  await Promise.all(waiting);
}

async function countStatements(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ count: string }>(
    'select xact_commit as count from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.count);
}

/** The resident memory of the process, in bytes; Linux only. */
async function readResident({ child }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function toMegabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

function reportLoad(what: string, { rate, p50, p99 }: LoadResult): void {
  report(what, `${rate.toFixed(0)} triggers a second, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
}

function report(what: string, figure: string): void {
  console.log(`${what.padEnd(28)}${figure}`);
}
