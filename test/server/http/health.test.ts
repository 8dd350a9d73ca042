import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { waitUntilBlocked } from '../../helpers/server/locks.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';

describe('health', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  test('GET /healthz answers 200 to anyone', async () => {
    const answer = await fetch(`${server.url}/healthz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok' });
  });

  test('GET /readyz answers 200 once the database is reachable', async () => {
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  test('GET /readyz needs one connection of its own, however often it is asked', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${server.url}/readyz`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await countProbes()).toBe(1);
  });

  test('GET /readyz connects again after its connection was closed', async () => {
    await fetch(`${server.url}/readyz`);
    await server.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'qassandra readiness' and datname = current_database()`,
    );
    while ((await countProbes()) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const statuses: number[] = [];
    while (statuses.at(-1) !== 200) {
      statuses.push((await fetch(`${server.url}/readyz`)).status);
    }
    // At most one answer falls before the server has heard that its connection was closed.
    expect(statuses.length).toBeLessThanOrEqual(2);
  });

  test('GET /readyz answers 200 while every connection of the pool is busy', async () => {
    const app = await server.createApp();
    const blocker = new pg.Client({ connectionString: server.connectionString });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('lock table apps in access exclusive mode');
    // Keys that were made up are callers of their own, so that together they take every connection.
    const reads = Array.from({ length: 20 }, () =>
      fetch(`${server.url}/api/apps/${app.id}`, { headers: { authorization: `Bearer ${generateApiKey()}` } }),
    );
    await waitUntilBlocked(server, 10);
    const { status } = await fetch(`${server.url}/readyz`);
    await blocker.query('rollback');
    await blocker.end();
    expect(status).toBe(200);
    expect(new Set((await Promise.all(reads)).map((read) => read.status))).toEqual(new Set([401]));
  });

  async function countProbes(): Promise<number> {
    const { rows } = await server.query(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and application_name = 'qassandra readiness'`,
    );
    return Number(rows[0]?.count);
  }
});
