import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { createDatabase, type Database } from '../../../server/db/pool.ts';
import {
  createAddress,
  createLimitedInstance,
  generateKeyWith,
  type LimitedInstanceOptions,
} from '../../helpers/server/limited-instance.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

describe('failed authentication', () => {
  let server: TestServer;
  let db: Database;
  let mine: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    server = await startTestServer();
    [mine, other] = [await server.createApp(), await server.createApp()];
    db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
  });
  afterAll(async () => {
    await db.close();
    await server.stop();
  });

  const startInstance = (options: Partial<LimitedInstanceOptions>) =>
    createLimitedInstance({ db, path: `/api/apps/${mine.alias}`, ...options });

  test('is answered 429 with Retry-After once its address has reached the limit, and other addresses are not affected', async () => {
    const instance = startInstance({ perAddress: 3, newKeysPerSecond: 0 });
    const ip = createAddress();
    expect(await instance.fail(ip, 3)).toEqual([401, 401, 401]);
    const { status, headers, body } = await instance.ask(ip);
    expect(status).toBe(429);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(headers['retry-after']).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(body).toMatchObject({
      code: 'too_many_requests',
      status: 429,
      title: 'Too many requests',
      detail: expect.stringContaining(`Try again in ${headers['retry-after']} s.`),
      request_id: headers['x-request-id'],
    });
    expect(await instance.fail(createAddress(), 1)).toEqual([401]);
  });

  test.each([
    ['counts a /64 of IPv6 as one address', ['2001:db8::1', '2001:db8:0:0:ffff::2'], '2001:db8:0:1::1'],
    [
      'counts IPv4 within IPv6 as the same address',
      ['::ffff:203.0.113.1', '203.0.113.1', '::ffff:cb00:7101'],
      '203.0.113.2',
    ],
    ['counts any text that a proxy writes instead of an address', ['unknown', 'unknown'], 'x'.repeat(500)],
  ])('%s', async (_case, same, another) => {
    const instance = startInstance({ perAddress: same.length, newKeysPerSecond: 0 });
    for (const ip of same) {
      expect(await instance.fail(ip, 1)).toEqual([401]);
    }
    for (const ip of same) {
      expect(await instance.fail(ip, 1)).toEqual([429]);
    }
    expect(await instance.fail(another, 1)).toEqual([401]);
  });

  test('is limited by the start of the key, whatever addresses it comes from', async () => {
    const { ask } = startInstance({ perKeyStart: 2, newKeysPerSecond: 0 });
    const start = generateApiKey().slice(0, 8);
    for (const status of [401, 401, 429, 429]) {
      expect((await ask(createAddress(), generateKeyWith(start))).status).toBe(status);
    }
    expect((await ask(createAddress())).status).toBe(401);
  });

  test('is counted across all instances', async () => {
    const [first, second] = [startInstance({ perAddress: 3 }), startInstance({ perAddress: 3 })];
    const ip = createAddress();
    expect([...(await first.fail(ip, 2)), ...(await second.fail(ip, 1))]).toEqual([401, 401, 401]);
    // The first instance does not know yet that the limit is reached; its next failure tells it.
    const apiKey = generateApiKey();
    expect((await first.ask(ip, apiKey)).status).toBe(429);
    const asked = first.statements.length;
    expect((await first.ask(ip, apiKey)).status).toBe(429);
    expect(first.statements).toHaveLength(asked);
  });

  test('a key that was seen in force keeps working at an address that has reached its limit', async () => {
    const instance = startInstance({ perAddress: 1, newKeysPerSecond: 0 });
    const ip = createAddress();
    expect((await instance.ask(createAddress(), mine.apiKey)).status).toBe(200);
    expect(await instance.fail(ip, 2)).toEqual([401, 429]);
    expect((await instance.ask(ip, mine.apiKey)).status).toBe(200);
    // A key that is in force for another app is no failure either.
    expect((await instance.ask(ip, mine.apiKey, `/api/apps/${other.alias}`)).status).toBe(404);
    expect((await instance.ask(ip, other.apiKey)).status).toBe(429);
  });

  test('a key that is no longer in force is limited from its next use on', async () => {
    const app = await server.createApp();
    const instance = startInstance({ perAddress: 1, newKeysPerSecond: 0 });
    const ip = createAddress();
    const ask = () => instance.ask(ip, app.apiKey, `/api/apps/${app.alias}`);
    expect((await ask()).status).toBe(200);
    await server.query('delete from api_keys where app_id = $1', [app.id]);
    expect((await ask()).status).toBe(401);
    const asked = instance.statements.length;
    expect((await ask()).status).toBe(429);
    expect(instance.statements).toHaveLength(asked);
  });

  test('a key in force that was not seen before is refused until the window ends', async () => {
    const instance = startInstance({ perAddress: 1, windowMs: 3_000, newKeysPerSecond: 0 });
    const ip = createAddress();
    expect(await instance.fail(ip, 1)).toEqual([401]);
    const refused = await instance.ask(ip, mine.apiKey);
    expect(refused.status).toBe(429);
    await sleep(Number(refused.headers['retry-after']) * 1_000);
    expect((await instance.ask(ip, mine.apiKey)).status).toBe(200);
  });

  test('a key in force that was not seen before is looked up at once while new keys are few', async () => {
    const instance = startInstance({ perAddress: 1, newKeysPerSecond: 1 });
    const ip = createAddress();
    expect(await instance.fail(ip, 1)).toEqual([401]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => instance.ask(ip, mine.apiKey)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  test('a refused key is looked up only once after the limit is reached, however often it is sent', async () => {
    const instance = startInstance({ perAddress: 1 });
    const [ip, apiKey] = [createAddress(), generateApiKey()];
    expect(await instance.fail(ip, 1)).toEqual([401]);
    const before = instance.statements.length;
    for (let time = 0; time < 5; time += 1) {
      expect((await instance.ask(ip, apiKey)).status).toBe(429);
    }
    expect(instance.statements.slice(before).map(({ name }) => name)).toEqual(['find-app-access']);
  });

  test('costs no statement once the limit is reached, and a malformed key never costs one', async () => {
    const instance = startInstance({ perAddress: 1, newKeysPerSecond: 0 });
    const ip = createAddress();
    await instance.fail(ip, 1);
    const before = instance.statements.length;
    expect(await instance.fail(ip, 5)).toEqual([429, 429, 429, 429, 429]);
    expect((await instance.ask(ip, mine.apiKey.slice(0, -1))).status).toBe(401);
    expect(instance.statements).toHaveLength(before);
  });

  test('is noted in the audit log only until the limit is reached', async () => {
    const [first, second] = [startInstance({ perAddress: 2 }), startInstance({ perAddress: 2 })];
    const ip = createAddress();
    expect([...(await first.fail(ip, 3)), ...(await second.fail(ip, 1))]).toEqual([401, 401, 429, 429]);
    const names = [...first.statements, ...second.statements].map(({ name }) => name);
    expect(names.filter((name) => name === 'record-refused-key')).toHaveLength(2);
  });

  test('is counted on routes that accept no key, and a key in force is never counted', async () => {
    const instance = startInstance({ perAddress: 2, newKeysPerSecond: 0 });
    const ip = createAddress();
    const statuses: number[] = [];
    for (const [apiKey, path] of [
      [mine.apiKey, '/api/me'],
      [mine.apiKey, `/api/apps/${other.alias}`],
      [mine.apiKey, '/api/apps/no-such-app'],
      [undefined, '/api/me'],
      [undefined, '/api/me'],
      [undefined, '/api/me'],
    ] as const) {
      statuses.push((await instance.ask(ip, apiKey, path)).status);
    }
    expect(statuses).toEqual([403, 404, 404, 401, 401, 429]);
  });

  test('is neither limited nor counted when the limit is 0', async () => {
    const instance = startInstance({});
    const answers = await instance.fail(createAddress(), 10);
    expect(answers).toEqual(answers.map(() => 401));
    const names = new Set(instance.statements.map(({ name }) => name));
    expect([...names].sort()).toEqual(['find-app-access', 'record-refused-key']);
  });
});
