import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Site } from '../helpers/network/site.ts';
import { prepareApp } from '../helpers/server/prepare-app.ts';
import { type ServerProcess, startServerProcess } from '../helpers/server/server-process.ts';
import { EXPECTED_RESULT, startCheckSite } from './helpers/check-site.ts';
import { readFigures, readFindings, startCheckTrail, waitUntilAllEnded } from './helpers/check-trail.ts';
import { openEmbeddedFolder } from './helpers/embedded-folder.ts';
import { NOTHING_WRONG } from './helpers/nothing-wrong.ts';
import { printFigures } from './helpers/print-figures.ts';
import { HOOK_TIMEOUT_MS, LOAD_SETTINGS, pick } from './helpers/scale.ts';
import { canMount, mountSmallDisk, type SmallDisk } from './helpers/small-disk.ts';
import { startTriggerLoad, type TriggerLoad } from './helpers/trigger-load.ts';

if (!canMount) {
  process.stdout.write('chaos | full disk: NOT RUN, since mounting a small disk takes root or sudo\n');
}

(canMount ? describe : describe.skip)('a full disk under the embedded PostgreSQL', () => {
  let disk: SmallDisk;
  let site: Site;
  let server: ServerProcess | undefined;
  let load: TriggerLoad | undefined;
  beforeEach(async () => {
    site = await startCheckSite();
  }, HOOK_TIMEOUT_MS);
  afterEach(async () => {
    await disk.makeSpace();
    await load?.abandon();
    load = undefined;
    await server?.end('SIGTERM');
    server = undefined;
    await site.stop();
    disk.remove();
  }, HOOK_TIMEOUT_MS);

  test('a full disk is answered 503 and logged, loses and corrupts nothing, ends once there is space, and is reported at a start', async () => {
    disk = mountSmallDisk(200);
    const { query } = openEmbeddedFolder(disk.folder);
    const env = { ...LOAD_SETTINGS, DATA_DIR: disk.folder, LOG_LEVEL: 'error' };
    server = await startServerProcess({ env });
    const { url } = server;
    const app = await prepareApp(server, site.url);
    await startCheckTrail({ query });
    // Bytes that PostgreSQL cannot compress, so that they really fill the disk.
    const message = randomBytes(3_000).toString('base64');
    // In the short form about as many triggers as one runner ends checks: the test waits for all of them.
    const pauseMs = pick({ full: 50, short: 300 });
    load = startTriggerLoad({ urls: () => [url], app, clients: 8, pauseMs, message });
    const { record } = load;
    const rounds = pick({ full: 5, short: 1 });
    let crashes = 0;
    const recoveries: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { unavailable } = record;
      await sleep(300);
      await disk.fill();
      while (record.unavailable < unavailable + 10) {
        await sleep(20);
      }
      // So far only rows lack space. PostgreSQL stops at once when its own log lacks space too.
      crashes += Number(await exhaustLog(query));
      await sleep(1_000);
      await disk.makeSpace();
      const spaceSince = performance.now();
      while (!(await fetch(`${url}/readyz`)).ok) {
        await sleep(50);
      }
      recoveries.push(Math.round(performance.now() - spaceSince));
    }
    await load.stop();
    await waitUntilAllEnded({ query });
    const findings = await readFindings({ query }, record.acknowledged, EXPECTED_RESULT);
    const figures = await readFigures({ query });
    printFigures('full disk, embedded PostgreSQL', {
      'times full': rounds,
      'of which PostgreSQL crashed': crashes,
      tried: record.tried,
      acknowledged: record.acknowledged.length,
      lost: findings.lost.length,
      doubled: findings.doubled.length,
      'ended twice': findings.endedTwice.length,
      'answered 503': record.unavailable,
      'slowest answer (ms)': record.slowestMs,
      'ready again after (ms)': recoveries.join('/'),
      stored: figures.stored,
    });
    expect({ ...findings, faults: record.faults }).toEqual(NOTHING_WRONG);
    expect(server.output()).toContain('No space left on device');
    await expectWhole(query);
    expect(await server.end('SIGTERM')).toBe(0);
    await disk.fill();
    const failure = await startServerProcess({ env }).catch(String);
    expect(failure).toContain('ended with 1');
    expect(failure).toContain('Its disk is full');
    expect(failure).not.toContain('    at ');
    await disk.makeSpace();
    server = await startServerProcess({ env });
    expect((await query('select count(*)::int as count from checks')).rows).toEqual([
      { count: figures.stored },
    ]);
  }, 240_000);

  test('a disk without room for a database is reported at the start, with exit code 1', async () => {
    disk = mountSmallDisk(20);
    const failure = await startServerProcess({ env: { DATA_DIR: disk.folder } }).catch(String);
    expect(failure).toContain('ended with 1');
    expect(failure).toContain('Its disk is full');
    expect(failure).toContain('DATA_DIR');
    expect(failure).not.toContain('    at ');
  });
});

type Query = ReturnType<typeof openEmbeddedFolder>['query'];

/**
 * Makes PostgreSQL start new log files until it has no space for one. Returns `false` when it reused spare
 * files.
 */
async function exhaustLog(query: Query): Promise<boolean> {
  for (let files = 0; files < 20; files += 1) {
    try {
      await query(`select pg_logical_emit_message(true, 'chaos', 'x'), pg_switch_wal()`);
    } catch {
      return true;
    }
  }
  return false;
}

/**
 * Reads every row of every table, which verifies each page's checksum, and compares the index with the table.
 */
async function expectWhole(query: Query): Promise<void> {
  expect((await query('show data_checksums')).rows).toEqual([{ data_checksums: 'on' }]);
  const { rows: tables } = await query(`select tablename from pg_tables where schemaname = 'public'`);
  for (const { tablename } of tables) {
    await query(`select sum(length(t::text)) from ${tablename} as t`);
  }
  const { rows } = await query(
    `select count(*) filter (where not exists (
       select from checks as found where found.id = checks.id and found.app_id = checks.app_id
     ))::int as missing from checks`,
  );
  expect(rows).toEqual([{ missing: 0 }]);
}
