import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateApiKey } from '../server/auth/keys/api-key.ts';
import { generateKeyWith } from '../test/helpers/server/limited-instance.ts';
import { startServerProcess } from '../test/helpers/server/server-process.ts';
import { createKeyedApp } from './keyed-app.ts';

/**
 * Measures whether the time of a refusal depends on how much of the key is right. Compares keys that share 36 of 46
 * characters with a key in force to keys that share as many with a key that never existed. Sends one request at a time
 * on one connection, in random order, and compares by Mann–Whitney. Run it with `npm run bench:refusal-timing`. Exits
 * with 1 if the times differ.
 */

const SAMPLES = 5_000;
const WARM_UP = 500;
const SHARED = 36;
/** Standard deviations from which the times count as different. Chance alone exceeds this once in 16,000 runs. */
const Z_LIMIT = 4;

await bench();

async function bench(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qassandra-bench-'));
  // With these limits, failures are counted as usual and never blocked.
  const limits = { FAILED_AUTH_LIMIT_PER_ADDRESS: '999999', FAILED_AUTH_LIMIT_PER_KEY_START: '999999' };
  const server = await startServerProcess({ env: { DATA_DIR: dataDir, LOG_LEVEL: 'error', ...limits } });
  try {
    const app = await createKeyedApp(server);
    const starts = { right: app.apiKey.slice(0, SHARED), wrong: generateApiKey().slice(0, SHARED) };
    const times = await measure(`${server.url}/api/apps/${app.alias}`, starts);
    report(times);
  } finally {
    await server.end('SIGTERM');
    rmSync(dataDir, { recursive: true });
  }
}

type Group = 'right' | 'wrong';

async function measure(url: string, starts: Record<Group, string>): Promise<Record<Group, number[]>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: Record<Group, number[]> = { right: [], wrong: [] };
  for (let sample = -WARM_UP; sample < SAMPLES; sample += 1) {
    const order: Group[] = Math.random() < 0.5 ? ['right', 'wrong'] : ['wrong', 'right'];
    for (const group of order) {
      const ms = await timeRefusal(agent, url, generateKeyWith(starts[group]));
      if (sample >= 0) {
        times[group].push(ms);
      }
    }
  }
  agent.destroy();
  return times;
}

function timeRefusal(agent: Agent, url: string, apiKey: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const sent = request(url, { agent, headers: { authorization: `Bearer ${apiKey}` } }, (answer) => {
      const ms = performance.now() - startedAt;
      answer.resume().once('end', () => {
        if (answer.statusCode === 401) {
          resolve(ms);
        } else {
          reject(new Error(`A refusal was expected, not ${answer.statusCode}`));
        }
      });
    });
    sent.once('error', reject).end();
  });
}

function report({ right, wrong }: Record<Group, number[]>): void {
  const { z, superiority } = compare(right, wrong);
  console.log(`${SAMPLES} refusals each, of keys with ${SHARED} characters in common with`);
  console.log(`  a key in force   median ${findMedian(right).toFixed(4)} ms`);
  console.log(`  no key at all    median ${findMedian(wrong).toFixed(4)} ms`);
  console.log(
    `  the first takes longer in ${(100 * superiority).toFixed(2)} % of pairs, z = ${z.toFixed(2)}`,
  );
  console.log(`  a difference of ${findDetectable(right, wrong)} µs would have been seen (|z| > ${Z_LIMIT})`);
  if (Math.abs(z) > Z_LIMIT) {
    console.log('The times differ.');
    process.exitCode = 1;
  }
}

/** The Mann–Whitney U test with the normal approximation. The times are too precise for ties to matter. */
function compare(left: readonly number[], right: readonly number[]): { z: number; superiority: number } {
  const ranked = [
    ...left.map((ms) => ({ ms, isLeft: true })),
    ...right.map((ms) => ({ ms, isLeft: false })),
  ].sort((one, two) => one.ms - two.ms);
  const rankSum = ranked.reduce((sum, { isLeft }, index) => sum + (isLeft ? index + 1 : 0), 0);
  const pairs = left.length * right.length;
  const u = rankSum - (left.length * (left.length + 1)) / 2;
  const deviation = Math.sqrt((pairs * (left.length + right.length + 1)) / 12);
  return { z: (u - pairs / 2) / deviation, superiority: u / pairs };
}

/** The smallest delay, in whole microseconds, that the test detects when it is added to one side. */
function findDetectable(left: readonly number[], right: readonly number[]): number {
  let us = 1;
  const isSeen = () =>
    Math.abs(
      compare(
        left.map((ms) => ms + us / 1000),
        right,
      ).z,
    ) > Z_LIMIT;
  while (!isSeen()) {
    us += 1;
  }
  return us;
}

function findMedian(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
