import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { isAlive, listRunners } from '../../helpers/runner/process-tree.ts';
import type { TestDatabase } from '../../helpers/server/database.ts';
import { prepareApp } from '../../helpers/server/prepare-app.ts';
import { EXPECTED_RESULT, startCheckSite } from './check-site.ts';
import { type Away, readFigures, readFindings, startCheckTrail, waitUntilAllEnded } from './check-trail.ts';
import { type KeptProcess, startKeptProcess } from './kept-process.ts';
import { NOTHING_WRONG } from './nothing-wrong.ts';
import { printFigures } from './print-figures.ts';
import { createRandom, pick } from './scale.ts';
import { startTriggerLoad } from './trigger-load.ts';

/**
 * The server that clients send triggers to, the server whose checks nobody triggers, both, a process that the test adds,
 * or of both servers the runners, or the processes of their checks.
 */
export type Victim = 'server' | 'worker' | 'both' | 'postmaster' | 'all' | 'runners' | 'checks';

export interface KillRoundsOptions {
  readonly scenario: string;
  readonly rounds: number;
  readonly env: Readonly<Record<string, string>>;
  readonly victims: readonly [Victim, ...Victim[]];
  /** Queries the same database, independently of the processes. */
  readonly query: TestDatabase['query'];
  readonly killPostmaster?: () => Promise<void>;
}

const HIT: Record<Victim, { server: boolean; worker: boolean; postmaster: boolean }> = {
  runners: { server: false, worker: false, postmaster: false },
  checks: { server: false, worker: false, postmaster: false },
  server: { server: true, worker: false, postmaster: false },
  worker: { server: false, worker: true, postmaster: false },
  both: { server: true, worker: true, postmaster: false },
  postmaster: { server: false, worker: false, postmaster: true },
  all: { server: true, worker: true, postmaster: true },
};

const BURST = 12;
/** The promise is 30 s. By design a lease and a poll of the queue take 20 s. */
const TAKEN_UP_WITHIN_MS = 30_000;

/**
 * Kills processes repeatedly while triggers come in and checks run, restarts them, and finally compares what
 * is stored with what was acknowledged.
 */
export async function runKillRounds(options: KillRoundsOptions): Promise<void> {
  const site = await startCheckSite();
  const kept: KeptProcess[] = [];
  try {
    for (const _role of ['server', 'worker']) {
      kept.push(await startKeptProcess(options.env));
    }
    await killAndCompare(options, kept, site.url);
  } finally {
    await Promise.all(kept.map((process) => process.kill()));
    await site.stop();
  }
}

async function killAndCompare(
  options: KillRoundsOptions,
  kept: readonly KeptProcess[],
  siteUrl: string,
): Promise<void> {
  const { scenario, rounds, victims, query } = options;
  const [server, worker] = kept;
  if (!server || !worker) {
    throw new Error('There must be two processes.');
  }
  const random = createRandom();
  await startCheckTrail({ query });
  const app = await prepareApp(server.current(), siteUrl);
  const load = startTriggerLoad({ urls: () => [server.url], app, clients: 4, pauseMs: 150 });
  const away: Away[] = [];
  const killed: Victim[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const victim = victims[round] ?? random.choose(victims);
      load.burst(BURST);
      // Kills while the burst's triggers are being answered, or while their checks run.
      await sleep(random.below(random.choose([60, 300])));
      away.push(await killAndStart({ ...options, victim, server, worker }));
      killed.push(victim);
      await sleep(random.below(1_000));
    }
    await load.stop();
  } finally {
    await load.abandon();
  }
  await waitUntilAllEnded({ query });
  const { record } = load;
  const findings = await readFindings({ query }, record.acknowledged, EXPECTED_RESULT);
  const figures = await readFigures({ query }, away);
  printFigures(scenario, {
    'kills of the server': killed.filter((victim) => HIT[victim].server).length,
    'of the worker': killed.filter((victim) => HIT[victim].worker).length,
    'of the postmaster': killed.filter((victim) => HIT[victim].postmaster).length,
    'of runners': killed.filter((victim) => victim === 'runners').length,
    "of checks' processes": killed.filter((victim) => victim === 'checks').length,
    tried: record.tried,
    acknowledged: record.acknowledged.length,
    'sent again': record.retried,
    lost: findings.lost.length,
    doubled: findings.doubled.length,
    'ended twice': findings.endedTwice.length,
    stored: figures.stored,
    'taken up': figures.takenUp,
    'given up': figures.givenUp,
    'longest until taken up, while somebody was there (ms)': figures.longestSilenceMs,
  });
  expect({ ...findings, faults: record.faults }).toEqual(NOTHING_WRONG);
  expect(figures.longestSilenceMs).toBeLessThan(TAKEN_UP_WITHIN_MS);
  // Two kills can miss every running check; twenty cannot.
  expect(figures.takenUp).toBeGreaterThan(pick({ full: 0, short: -1 }));
  expect(record.acknowledged.length).toBeGreaterThan(rounds);
  for (const process of [server, worker]) {
    expect(await process.current().end('SIGTERM')).toBe(0);
  }
}

interface Kill extends Pick<KillRoundsOptions, 'killPostmaster'> {
  readonly victim: Victim;
  readonly server: KeptProcess;
  readonly worker: KeptProcess;
}

/** Returns the time in which no process could run checks; an empty one if one of the two was not killed. */
async function killAndStart({ victim, server, worker, killPostmaster }: Kill): Promise<Away> {
  const hit = HIT[victim];
  const dying = [...(hit.server ? [server] : []), ...(hit.worker ? [worker] : [])];
  const since = new Date();
  if (victim === 'runners' || victim === 'checks') {
    killBelow(victim, [server, worker]);
    return { since, until: since };
  }
  await Promise.all([...dying.map((process) => process.kill()), hit.postmaster && killPostmaster?.()]);
  const starts = dying.map((process) => process.start());
  await (starts.length === 0 ? waitUntilReady(worker.url) : Promise.any(starts));
  const isAnyoneLeft = dying.length < 2 && !hit.postmaster;
  const until = isAnyoneLeft ? since : new Date();
  await Promise.all(starts);
  return { since, until };
}

/** The servers start the runners again; a check whose process is gone is run again. */
function killBelow(victim: 'runners' | 'checks', servers: readonly KeptProcess[]): void {
  const runners = servers.flatMap((server) => listRunners(server.current().child.pid ?? 0));
  const dying = victim === 'runners' ? runners : runners.flatMap(({ checks }) => checks);
  for (const { pid } of dying) {
    if (isAlive(pid)) {
      process.kill(pid, 'SIGKILL');
    }
  }
}

async function waitUntilReady(url: string): Promise<void> {
  for (;;) {
    const { ok } = await fetch(`${url}/readyz`);
    if (ok) {
      return;
    }
    await sleep(50);
  }
}
