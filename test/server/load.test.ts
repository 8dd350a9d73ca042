import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { asAdmin, withKey } from '../helpers/requests.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { startServerProcess } from '../helpers/server-process.ts';
import { startSite } from '../helpers/site.ts';

describe('under load', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  test('once a key is replaced, no instance lets a request through that begins with the old one', async () => {
    const PUBLIC_URL = 'http://localhost:1';
    const servers = [
      await startTestServer({ database, env: { PUBLIC_URL } }),
      await startTestServer({ database, env: { PUBLIC_URL } }),
    ];
    const [first] = servers as [TestServer, TestServer];
    const app = await first.createApp({ url: 'http://127.0.0.1:9/' });
    let current = app.apiKey;
    const beingReplaced = new Set<string>();
    let replacedBefore = new Set<string>();
    let isDone = false;
    const passedLate: string[] = [];
    const refusedWrongly: string[] = [];
    let passed = 0;

    async function call(server: TestServer, apiKey: string): Promise<number> {
      const wasReplaced = replacedBefore.has(apiKey);
      const { status } = await withKey(server, { ...app, apiKey }, 'get');
      if (status === 200 && wasReplaced) {
        passedLate.push(apiKey);
      }
      if (status !== 200 && !beingReplaced.has(apiKey)) {
        refusedWrongly.push(apiKey);
      }
      return status;
    }

    /** As a client does that reads its key anew only when it is refused. */
    async function keepCalling(server: TestServer): Promise<void> {
      let apiKey = current;
      while (!isDone) {
        if ((await call(server, apiKey)) === 200) {
          passed += 1;
        } else {
          apiKey = current;
        }
      }
    }

    const clients = Array.from({ length: 8 }, (_, index) => keepCalling(servers[index % 2] as TestServer));
    for (let count = 0; count < 40; count += 1) {
      const old = current;
      beingReplaced.add(old);
      const answer = await asAdmin(
        servers[count % 2] as TestServer,
        'post',
        `/api/apps/${app.id}/api-key`,
        first.cookie,
      );
      current = answer.body.api_key;
      replacedBefore = new Set([...replacedBefore, old]);
    }
    isDone = true;
    await Promise.all(clients);
    await Promise.all(servers.map((server) => server.stop()));
    expect(passedLate).toEqual([]);
    expect(refusedWrongly).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  }, 60_000);

  test('kill -9 during triggers: every acknowledged check is there, and ends exactly once', async () => {
    const site = await startSite({ '/': 'fine' });
    const start = () =>
      startServerProcess({ env: { DATABASE_URL: database.connectionString, LOG_LEVEL: 'fatal' } });
    const [victim, survivor] = [await start(), await start()];
    const headers = { cookie: survivor.cookie, 'sec-fetch-site': 'same-origin' };
    const post = async (path: string, body: object) =>
      (await fetch(`${survivor.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    const { alias } = (await post('/api/apps', { name: randomUUID().slice(0, 8), url: site.url })) as {
      alias: string;
    };
    const { api_key } = (await post(`/api/apps/${alias}/api-key`, {})) as { api_key: string };

    const acknowledged: string[] = [];
    async function keepTriggering(): Promise<void> {
      for (;;) {
        try {
          const answer = await fetch(`${victim.url}/api/apps/${alias}/trigger`, {
            method: 'POST',
            headers: { authorization: `Bearer ${api_key}` },
          });
          acknowledged.push(((await answer.json()) as { check_id: string }).check_id);
        } catch {
          return;
        }
      }
    }
    const clients = Array.from({ length: 8 }, keepTriggering);
    while (acknowledged.length < 60) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await victim.end('SIGKILL');
    await Promise.all(clients);
    const { rows: stored } = await database.query('select id from checks where id = any($1::uuid[])', [
      acknowledged,
    ]);
    expect(stored).toHaveLength(acknowledged.length);
    for (;;) {
      const { rows } = await database.query(
        'select count(*)::int as open from checks where conclusion is null',
      );
      if (rows[0]?.open === 0) {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const { rows: ends } = await database.query(
      `select status, conclusion, jsonb_array_length(flows) as flows, count(*)::int as count from checks group by 1, 2, 3`,
    );
    expect(ends).toEqual([
      { status: 'finished', conclusion: 'success', flows: 1, count: expect.any(Number) },
    ]);
    await survivor.end('SIGTERM');
    await site.stop();
  }, 90_000);
});
