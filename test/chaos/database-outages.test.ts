import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Site } from '../helpers/network/site.ts';
import { prepareApp } from '../helpers/server/prepare-app.ts';
import type { TestApp } from '../helpers/server/server.ts';
import { type ServerProcess, startServerProcess } from '../helpers/server/server-process.ts';
import { EXPECTED_RESULT, startCheckSite } from './helpers/check-site.ts';
import { readFigures, readFindings, startCheckTrail, waitUntilAllEnded } from './helpers/check-trail.ts';
import { NOTHING_WRONG } from './helpers/nothing-wrong.ts';
import { type OwnPostgres, startOwnPostgres } from './helpers/own-postgres.ts';
import { printFigures } from './helpers/print-figures.ts';
import { type ReadinessLog, startReadinessLog } from './helpers/readiness-log.ts';
import { HOOK_TIMEOUT_MS, LOAD_SETTINGS, pick } from './helpers/scale.ts';
import { startTriggerLoad, type TriggerLoad } from './helpers/trigger-load.ts';

/** How an outage begins and ends. Each function resolves once that has happened. */
interface Outage {
  begin(): Promise<void>;
  end(): Promise<void>;
  readonly lastsMs: number;
}

describe('outages of the database under load', () => {
  let postgres: OwnPostgres;
  let server: ServerProcess;
  let site: Site;
  let app: TestApp;
  let load: TriggerLoad;
  let readiness: ReadinessLog;

  beforeAll(async () => {
    [postgres, site] = await Promise.all([startOwnPostgres(), startCheckSite()]);
    server = await startServerProcess({
      env: { ...LOAD_SETTINGS, DATABASE_URL: postgres.connectionString, LOG_LEVEL: 'fatal' },
    });
    app = await prepareApp(server, site.url);
    await startCheckTrail(postgres);
  }, HOOK_TIMEOUT_MS);
  afterAll(async () => {
    await server.end('SIGTERM');
    await postgres.remove();
    await site.stop();
  }, HOOK_TIMEOUT_MS);
  beforeEach(async () => {
    await postgres.query('truncate checks, check_progress, idempotency_keys, chaos_trail');
    readiness = startReadinessLog(server.url);
    // In the short form about as many triggers as one runner ends checks: the tests wait for all of them.
    const pauseMs = pick({ full: 100, short: 300 });
    load = startTriggerLoad({ urls: () => [server.url], app, clients: 8, pauseMs });
    await readiness.waitUntilReady();
  }, HOOK_TIMEOUT_MS);
  afterEach(async () => {
    postgres.resume();
    await load.abandon();
    await readiness.stop();
  }, HOOK_TIMEOUT_MS);

  /** Runs outages one after the other, against the same server process. */
  async function goThrough(scenario: string, outages: readonly Outage[]): Promise<void> {
    const recoveries: number[] = [];
    const samples = { up: 0, down: 0 };
    const untrue: string[] = [];
    let readySince = performance.now();
    for (const outage of outages) {
      await sleep(500);
      const up = readiness.readWithin(readySince, performance.now());
      await outage.begin();
      const downSince = performance.now();
      await sleep(outage.lastsMs);
      const downUntil = performance.now();
      await outage.end();
      const upSince = performance.now();
      readySince = await readiness.waitUntilReady();
      recoveries.push(Math.round(readySince - upSince));
      const down = readiness.readWithin(downSince, downUntil);
      samples.up += up.length;
      samples.down += down.length;
      untrue.push(...up.filter((status) => status !== 200).map((status) => `${status} while it was up`));
      untrue.push(...down.filter((status) => status !== 503).map((status) => `${status} while it was down`));
      expect(Math.min(up.length, down.length)).toBeGreaterThan(0);
    }
    await load.stop();
    await waitUntilAllEnded(postgres);
    const { record } = load;
    const findings = await readFindings(postgres, record.acknowledged, EXPECTED_RESULT);
    const figures = await readFigures(postgres);
    printFigures(scenario, {
      outages: outages.length,
      tried: record.tried,
      acknowledged: record.acknowledged.length,
      lost: findings.lost.length,
      doubled: findings.doubled.length,
      'ended twice': findings.endedTwice.length,
      'answered 503': record.unavailable,
      'slowest answer (ms)': record.slowestMs,
      'answers of /readyz while up': samples.up,
      'while down': samples.down,
      'untrue ones': untrue.length,
      'ready again after (ms)': recoveries.join('/'),
      stored: figures.stored,
    });
    expect(untrue).toEqual([]);
    expect({ ...findings, faults: record.faults }).toEqual(NOTHING_WRONG);
    expect(record.unavailable).toBeGreaterThan(0);
    expect(record.acknowledged.length).toBeGreaterThan(0);
  }

  test('a restarted PostgreSQL: answers 503, and loses nothing acknowledged', async () => {
    const restarts = Array.from({ length: pick({ full: 5, short: 1 }) }, () =>
      (['SIGINT', 'SIGQUIT'] as const).map((signal) => ({
        begin: () => postgres.shutDown(signal),
        end: () => postgres.start(),
        lastsMs: 1_000,
      })),
    );
    await goThrough('PostgreSQL restarted (fast, immediate)', restarts.flat());
  }, 240_000);

  test('a paused PostgreSQL: answers 503 in bounded time, and loses or doubles nothing acknowledged', async () => {
    // Longer than the limit of a query, so that callers are answered during the pause.
    const pause: Outage = {
      begin: () => postgres.pause(),
      end: async () => postgres.resume(),
      lastsMs: 12_000,
    };
    await goThrough('PostgreSQL paused (SIGSTOP)', Array(pick({ full: 5, short: 1 })).fill(pause));
  }, 240_000);

  test('a PostgreSQL without free connections: answers 503, and loses nothing acknowledged', async () => {
    let release = async () => {};
    const shortage: Outage = {
      // The server is frozen meanwhile. Otherwise it would race with the test for the free connections.
      async begin() {
        server.child.kill('SIGSTOP');
        try {
          const filled = await postgres.fillUp();
          release = () => filled.release();
        } finally {
          server.child.kill('SIGCONT');
        }
      },
      end: () => release(),
      lastsMs: 2_000,
    };
    await goThrough('PostgreSQL out of connections', Array(pick({ full: 5, short: 1 })).fill(shortage));
  }, 240_000);
});
