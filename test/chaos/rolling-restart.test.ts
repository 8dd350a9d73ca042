import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Site } from '../helpers/network/site.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/server/database.ts';
import { prepareApp } from '../helpers/server/prepare-app.ts';
import { type Balancer, startBalancer } from './helpers/balancer.ts';
import { EXPECTED_RESULT, startCheckSite } from './helpers/check-site.ts';
import { readFigures, readFindings, startCheckTrail, waitUntilAllEnded } from './helpers/check-trail.ts';
import { type KeptProcess, startKeptProcess } from './helpers/kept-process.ts';
import { NOTHING_WRONG } from './helpers/nothing-wrong.ts';
import { printFigures } from './helpers/print-figures.ts';
import { HOOK_TIMEOUT_MS, pick } from './helpers/scale.ts';

const CLIENTS = pick({ full: 16, short: 8 });
const RESTARTS = pick({ full: 10, short: 2 });

describe('a rolling restart', () => {
  let database: TestDatabase;
  let site: Site;
  let instances: KeptProcess[];
  let balancer: Balancer | undefined;
  beforeEach(async () => {
    [database, site] = await Promise.all([createTestDatabase(), startCheckSite()]);
    instances = [];
    for (const _instance of ['first', 'second']) {
      instances.push(await startKeptProcess({ DATABASE_URL: database.connectionString }));
    }
  }, HOOK_TIMEOUT_MS);
  afterEach(async () => {
    await balancer?.stop();
    await Promise.all(instances.map((instance) => instance.kill()));
    await database.drop();
    await site.stop();
  }, HOOK_TIMEOUT_MS);

  test('fails no request and loses no trigger with two instances under load', async () => {
    const [first] = instances as [KeptProcess];
    const between = startBalancer(instances.map(({ url }) => url));
    balancer = between;
    const app = await prepareApp(first.current(), site.url);
    await startCheckTrail(database);
    const headers = { authorization: `Bearer ${app.apiKey}` };
    const acknowledged: string[] = [];
    const failed: string[] = [];
    let requests = 0;
    let isDone = false;

    async function send(method: string, path: string, expected: number): Promise<string> {
      requests += 1;
      try {
        const { status, body } = await between.send({ method, path: `/api/apps/${app.id}${path}`, headers });
        if (status !== expected) {
          failed.push(`${method} ${path}: ${status} ${body}`);
        }
        return body;
      } catch (error) {
        failed.push(`${method} ${path}: ${error}`);
        return '{}';
      }
    }

    /** Behaves like a workflow: triggers, reads, and waits. */
    async function keepChecking(): Promise<void> {
      while (!isDone) {
        const { check_id } = JSON.parse(await send('POST', '/trigger', 202));
        if (check_id !== undefined) {
          acknowledged.push(check_id);
          await send('GET', `/checks/${check_id}`, 200);
          await send('GET', `/checks/${check_id}?wait=2`, 200);
        }
        await sleep(50);
      }
    }

    await Promise.all(instances.map(({ url }) => between.waitFor(url)));
    const clients = Promise.all(Array.from({ length: CLIENTS }, keepChecking));
    const codes: unknown[] = [];
    for (let count = 0; count < RESTARTS; count += 1) {
      const leaving = instances[count % 2] as KeptProcess;
      codes.push(await leaving.current().end('SIGTERM'));
      await leaving.start();
      await between.waitFor(leaving.url);
    }
    isDone = true;
    await clients;
    await waitUntilAllEnded(database);
    const findings = await readFindings(database, acknowledged, EXPECTED_RESULT);
    const figures = await readFigures(database);
    printFigures('rolling restart of two instances', {
      restarts: RESTARTS,
      clients: CLIENTS,
      requests,
      failed: failed.length,
      'triggers acknowledged': acknowledged.length,
      lost: findings.lost.length,
      'ended twice': findings.endedTwice.length,
      stored: figures.stored,
      doubled: figures.stored - acknowledged.length,
    });
    expect(failed).toEqual([]);
    // These clients send no idempotency key, so the count shows that no trigger made two checks.
    expect({ ...findings, doubled: [], faults: [] }).toEqual(NOTHING_WRONG);
    expect(figures.stored).toBe(acknowledged.length);
    expect(codes).toEqual(Array(RESTARTS).fill(0));
  }, 400_000);
});
