import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { startEmbeddedPostgres } from '../server/db/embedded/embedded-postgres.ts';
import { startServerProcess } from '../test/helpers/server/server-process.ts';
import type { Load, Statuses } from './flood-client.ts';
import { createKeyedApp, type KeyedApp } from './keyed-app.ts';

/**
 * Measures how many triggers a caller with a good key gets through while bad keys flood the server from the same
 * address, and what the flood costs the database. Run it with `npm run bench:flood`. Rounds are interleaved; the
 * figures are medians. The clients run on the same machine, so a flood is also sent to a bare Express route in a thread
 * of its own: what that flood costs the caller is the cost of the machine. The server writes no log, since this process
 * would have to read it.
 */

const ROUNDS = 5;
const SECONDS = 3;
/** An idle connection reports its work to PostgreSQL's statistics after 10 s at the latest. */
const COUNTED_AFTER_MS = 11_000;
const CONNECTIONS = { caller: 32, flood: 32 };

const FLOODS = ['none', 'elsewhere', 'malformed', 'unknown'] as const;
type Flood = (typeof FLOODS)[number];

interface Setting {
  readonly url: string;
  readonly bareUrl: string;
  readonly app: KeyedApp;
  readonly database: pg.Client;
}

interface Round {
  readonly triggers: number;
  readonly flooded: number;
  readonly statuses: Statuses;
}

await bench();

async function bench(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qassandra-bench-'));
  const postgres = await startEmbeddedPostgres(dataDir);
  const database = new pg.Client({ connectionString: postgres.connectionString });
  await database.connect();
  const server = await startServerProcess({
    env: {
      DATABASE_URL: postgres.connectionString,
      LOG_LEVEL: 'fatal',
      // Counted as usual, and never reached.
      TRIGGER_LIMIT_PER_APP: '100000000',
    },
  });
  const bare = new Worker(new URL('./bare-route.ts', import.meta.url));
  try {
    const [port] = await once(bare, 'message');
    const app = await createKeyedApp(server);
    const setting = { url: server.url, bareUrl: `http://127.0.0.1:${port}`, app, database };
    await measure(setting, 'none');
    report(await measureRounds(setting));
    await reportDatabase(setting);
  } finally {
    await bare.terminate();
    await server.end('SIGTERM');
    await database.end();
    await postgres.stop();
    rmSync(dataDir, { recursive: true });
  }
}

async function measureRounds(setting: Setting): Promise<Record<Flood, Round[]>> {
  const rounds: Record<Flood, Round[]> = { none: [], elsewhere: [], malformed: [], unknown: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const flood of FLOODS) {
      rounds[flood].push(await measure(setting, flood));
    }
  }
  return rounds;
}

/** Measures the triggers per second of a good caller, and the requests per second of the flood. */
async function measure({ url, bareUrl, app, database }: Setting, flood: Flood): Promise<Round> {
  // Remaining checks would keep the workers busy, and more so with each round.
  await database.query('truncate checks, check_progress, idempotency_keys, failed_authentications');
  const load = { url, path: `/api/apps/${app.alias}/trigger`, durationMs: SECONDS * 1_000 };
  const [good, bad] = await Promise.all([
    send({ ...load, connections: CONNECTIONS.caller, keys: { inForce: app.apiKey } }),
    flood === 'none' ? {} : send({ ...load, ...toFlood(flood, bareUrl), connections: CONNECTIONS.flood }),
  ]);
  return { triggers: (good[202] ?? 0) / SECONDS, flooded: sum(bad) / SECONDS, statuses: bad };
}

function toFlood(flood: Exclude<Flood, 'none'>, bareUrl: string): Pick<Load, 'keys'> & Partial<Load> {
  return flood === 'elsewhere' ? { url: bareUrl, keys: 'malformed' } : { keys: flood };
}

async function send(load: Load): Promise<Statuses> {
  const client = new Worker(new URL('./flood-client.ts', import.meta.url), { workerData: load });
  const [statuses] = await once(client, 'message');
  return statuses;
}

function report(rounds: Record<Flood, Round[]>): void {
  const alone = findMedian(rounds.none.map(({ triggers }) => triggers));
  const elsewhere = findMedian(rounds.elsewhere.map(({ triggers }) => triggers));
  console.log(
    `${ROUNDS} rounds of ${SECONDS} s, medians; ${CONNECTIONS.caller} connections of a good caller and ` +
      `${CONNECTIONS.flood} of the flood, all from one address`,
  );
  console.log('flood       triggers/s  of alone  of "elsewhere"  flood/s  the flood was answered');
  for (const flood of FLOODS) {
    const triggers = findMedian(rounds[flood].map((round) => round.triggers));
    const flooded = findMedian(rounds[flood].map((round) => round.flooded));
    const cells = [
      flood.padEnd(10),
      triggers.toFixed(0).padStart(11),
      (triggers / alone).toFixed(2).padStart(9),
      (triggers / elsewhere).toFixed(2).padStart(15),
      flooded.toFixed(0).padStart(8),
      ` ${JSON.stringify(rounds[flood].at(-1)?.statuses)}`,
    ];
    console.log(cells.join(' '));
  }
}

/** Prints the database's transactions during a flood without other requests, and during a rest of the same length. */
async function reportDatabase({ database, url, app }: Setting): Promise<void> {
  await database.query('truncate checks, check_progress');
  let before = await readTransactions(database);
  async function count(during: () => Promise<unknown>): Promise<number> {
    await during();
    const now = await readTransactions(database);
    const counted = now - before;
    before = now;
    return counted;
  }
  const load = { url, path: `/api/apps/${app.alias}/trigger`, durationMs: SECONDS * 1_000 };
  console.log(`transactions in ${SECONDS} s and the ${COUNTED_AFTER_MS / 1_000} s until all are counted:`);
  console.log(`  at rest          ${await count(() => sleep(SECONDS * 1_000))}`);
  for (const keys of ['malformed', 'unknown'] as const) {
    let requests = 0;
    const transactions = await count(async () => {
      requests = sum(await send({ ...load, connections: CONNECTIONS.flood, keys }));
    });
    console.log(`  flood ${keys.padEnd(10)} ${transactions}, for ${requests} requests`);
  }
}

async function readTransactions(database: pg.Client): Promise<number> {
  await sleep(COUNTED_AFTER_MS);
  const { rows } = await database.query<{ count: string }>(
    'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.count);
}

function sum(statuses: Statuses): number {
  return Object.values(statuses).reduce((total, count) => total + count, 0);
}

function findMedian(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
