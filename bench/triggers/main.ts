import { parseArgs } from 'node:util';
import pg from 'pg';
import { type ServerProcess, startServerProcess } from '../../test/helpers/server/server-process.ts';
import { type BenchApp, createApp } from './app.ts';
import { type Load, putLoad } from './load.ts';
import { createPgbench } from './pgbench.ts';
import { startPostgres } from './postgres.ts';
import { startPeer } from './processes.ts';
import { METADATA } from './trigger.ts';

/**
 * Measures triggers per second, next to what limits them and to what others do, in one run on one machine. Measures
 * each contender in turn, in several rounds, and prints the median of the rounds.
 *
 *   npm run bench:triggers -- --rounds 5 --seconds 5 --connections 32
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const connections = Number(options.connections);

interface Figures {
  readonly rate: number;
  readonly p50?: number;
  readonly p99?: number;
}

interface Contender {
  readonly name: string;
  readonly measure: (seconds: number) => Promise<Figures>;
}

interface Goal {
  readonly name: string;
  readonly ratio: number;
  readonly goal: string;
}

await bench();

async function bench(): Promise<void> {
  const postgres = await startPostgres();
  // Each contender has its own database, so that no worker of ours runs the checks that the others store.
  const [ours, bare, theirs] = [
    await postgres.createDatabase('ours'),
    await postgres.createDatabase('bare'),
    await postgres.createDatabase('better_auth'),
  ];
  const start = (connectionString: string) =>
    startServerProcess({
      env: {
        DATABASE_URL: connectionString,
        LOG_LEVEL: 'info',
        NODE_ENV: 'production',
        // Counted as usual, and never reached.
        TRIGGER_LIMIT_PER_APP: '100000000',
      },
      isLogDropped: true,
    });
  const server = await start(ours);
  const database = new pg.Pool({ connectionString: ours, max: 1 });
  const app = await createApp(server, database, 'bench');
  const bareDatabase = new pg.Pool({ connectionString: bare, max: 1 });
  const bareApp = await prepareBareApp(await start(bare), bareDatabase);
  const pgbench = await createPgbench({ connectionString: bare, app: bareApp, hourlyLimit: undefined });
  const express = await startPeer('bare-express.ts', { DATABASE_URL: bare });
  const betterAuth = await startPeer('better-auth.ts', { DATABASE_URL: theirs });
  const load = (more: Omit<Load, 'connections' | 'seconds'>) => (duration: number) =>
    putLoad({ connections, seconds: duration, ...more });
  const body = JSON.stringify(METADATA);
  const headers = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
  const triggerUrl = `${server.url}/api/apps/${app.alias}/trigger`;
  const contenders: Contender[] = [
    {
      name: 'pgbench, the statement of a trigger',
      measure: (duration) => pgbench.measure({ clients: connections, seconds: duration }),
    },
    {
      name: 'bare Express, one prepared insert',
      measure: load({ url: `${express.url}/insert`, headers: headers(app.key), body, status: 202 }),
    },
    {
      name: 'bare Express, the statement of a trigger',
      measure: load({ url: `${express.url}/trigger`, headers: headers(app.key), body, status: 202 }),
    },
    {
      name: 'better-auth, verifies a key',
      measure: load({
        url: `${betterAuth.url}/verify`,
        headers: headers(betterAuth.told.key ?? ''),
        body,
        status: 202,
      }),
    },
    {
      name: 'Qassandra, POST …/trigger',
      measure: load({ url: triggerUrl, headers: headers(app.key), body, status: 202 }),
    },
    {
      name: 'Qassandra, each with an Idempotency-Key',
      measure: load({
        url: triggerUrl,
        headers: headers(app.key),
        body,
        isIdempotent: true,
        status: 202,
      }),
    },
    {
      name: 'bare Express, refuses without a look',
      measure: load({ url: `${express.url}/refuse`, headers: headers(app.key), body, status: 401 }),
    },
    {
      name: 'Qassandra, refuses a mistyped key',
      measure: load({ url: triggerUrl, headers: headers(`${app.key.slice(0, -1)}-`), body, status: 401 }),
    },
  ];
  try {
    const figures = await measureInTurn(contenders, async () => {
      await Promise.all(
        [database, bareDatabase].map((each) => each.query('truncate checks, check_progress')),
      );
    });
    print(figures);
  } finally {
    await Promise.all([express.stop(), betterAuth.stop(), server.end('SIGTERM'), pgbench.remove()]);
    await Promise.all([database.end(), bareDatabase.end()]);
    await postgres.stop();
  }
}

/** Creates our schema and an app with a key, then stops the server: nothing runs the app's checks. */
async function prepareBareApp(server: ServerProcess, database: pg.Pool): Promise<BenchApp> {
  const app = await createApp(server, database, 'bench');
  await server.end('SIGTERM');
  return app;
}

/** Measures each contender in each round, so that other load on the machine affects all of them. */
async function measureInTurn(
  contenders: readonly Contender[],
  clean: () => Promise<void>,
): Promise<Map<string, Figures>> {
  const measured = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, measure } of contenders) {
      await clean();
      // The first round warms up: code is compiled, connections are opened, statements are prepared.
      const figures = await measure(round === 0 ? 2 : seconds);
      if (round > 0) {
        measured.get(name)?.push(figures);
      }
      process.stderr.write(`\rround ${round} of ${rounds}: ${name.padEnd(44)}`);
    }
  }
  process.stderr.write('\n');
  return new Map(
    [...measured].map(([name, all]) => [
      name,
      {
        rate: findMedian(all.map(({ rate }) => rate)),
        p50: findMedian(all.map(({ p50 }) => p50 ?? Number.NaN)),
        p99: findMedian(all.map(({ p99 }) => p99 ?? Number.NaN)),
      },
    ]),
  );
}

function print(figures: ReadonlyMap<string, Figures>): void {
  const of = (name: string): Figures =>
    [...figures].find(([key]) => key.startsWith(name))?.[1] ?? { rate: Number.NaN };
  const ours = of('Qassandra, POST');
  const insert = of('bare Express, one');
  const goals: Goal[] = [
    { name: 'of pgbench', ratio: ours.rate / of('pgbench').rate, goal: 'at least 0.9' },
    { name: 'of the bare insert', ratio: ours.rate / insert.rate, goal: 'at least 1.5' },
    {
      name: 'of the statement behind bare Express',
      ratio: ours.rate / of('bare Express, the statement').rate,
      goal: 'at least 1.5',
    },
    { name: 'of better-auth', ratio: ours.rate / of('better-auth').rate, goal: 'at least 5' },
    {
      name: 'with an Idempotency-Key, of those without',
      ratio: of('Qassandra, each with').rate / ours.rate,
      goal: '',
    },
    {
      name: 'p99 of the bare insert’s',
      ratio: (ours.p99 ?? Number.NaN) / (insert.p99 ?? Number.NaN),
      goal: 'below 2',
    },
    {
      name: 'refusing, of bare Express',
      ratio: of('Qassandra, refuses').rate / of('bare Express, refuses').rate,
      goal: 'at least 0.8',
    },
  ];
  console.log(
    `node ${process.versions.node}, ${connections} connections, median of ${rounds} rounds of ${seconds} s`,
  );
  console.log(`${''.padEnd(44)}${'a second'.padStart(10)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}`);
  for (const [name, { rate, p50, p99 }] of figures) {
    console.log(
      `${name.padEnd(44)}${rate.toFixed(0).padStart(10)}${show(p50).padStart(9)}${show(p99).padStart(9)}`,
    );
  }
  console.log('');
  for (const { name, ratio, goal } of goals) {
    console.log(`${name.padEnd(44)}${ratio.toFixed(2).padStart(10)}  ${goal}`);
  }
}

function show(ms: number | undefined): string {
  return ms === undefined || Number.isNaN(ms) ? '' : ms.toFixed(0);
}

function findMedian(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
