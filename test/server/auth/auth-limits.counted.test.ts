import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import request from 'supertest';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { createDatabase, type Database } from '../../../server/db/pool.ts';
import { startTcpProxy } from '../../helpers/network/tcp-proxy.ts';
import {
  createAddress,
  createLimitedInstance,
  type LimitedInstanceOptions,
} from '../../helpers/server/limited-instance.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

describe('a failed authentication', () => {
  let server: TestServer;
  let db: Database;
  let mine: TestApp;

  beforeAll(async () => {
    server = await startTestServer();
    mine = await server.createApp();
    db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
  });
  afterAll(async () => {
    await db.close();
    await server.stop();
  });

  const startInstance = (options: Partial<LimitedInstanceOptions>) =>
    createLimitedInstance({ db, path: `/api/apps/${mine.alias}`, ...options });

  test('is counted by address and by the start of the key, and stores nothing else of the key', async () => {
    const instance = startInstance({ perAddress: 9, perKeyStart: 9 });
    const [ip, apiKey] = [createAddress(), generateApiKey()];
    await instance.ask(ip, apiKey);
    const { rows } = await server.query(
      'select key, points from failed_authentications where key in ($1, $2) order by key',
      [`address:${ip}`, `start:${apiKey.slice(0, 8)}`],
    );
    expect(rows).toEqual([
      { key: `address:${ip}`, points: 1 },
      { key: `start:${apiKey.slice(0, 8)}`, points: 1 },
    ]);
    const all = await server.query(
      'select string_agg(failed_authentications::text, $1) as all from failed_authentications',
      [' '],
    );
    expect(String(all.rows[0]?.all)).toContain(apiKey.slice(0, 8));
    expect(String(all.rows[0]?.all)).not.toContain(apiKey.slice(0, 9));
  });

  test('is still answered 401 when the database fails between the look-up and the count', async () => {
    const direct = new URL(server.connectionString);
    const proxy = await startTcpProxy({ host: direct.hostname, port: Number(direct.port || 5432) });
    const through = createDatabase({
      connectionString: Object.assign(new URL(direct), { hostname: '127.0.0.1', port: String(proxy.port) })
        .href,
      onIdleError: () => {},
    });
    const locker = new pg.Client({ connectionString: direct.href });
    await locker.connect();
    try {
      await locker.query('begin');
      await locker.query('lock table failed_authentications in access exclusive mode');
      const instance = startInstance({ db: through, perAddress: 1 });
      const answering = instance.ask(createAddress());
      while (instance.statements.length < 2) {
        await sleep(20);
      }
      await proxy.cut();
      expect((await answering).status).toBe(401);
      expect(instance.uncounted).toHaveLength(1);
    } finally {
      await locker.end();
      await through.close();
      await proxy.stop();
    }
  });

  test('is counted by address for guesses at sign-in links', async () => {
    const limited = await startTestServer({
      env: { TRUST_PROXY: 'true', FAILED_AUTH_LIMIT_PER_ADDRESS: '2' },
    });
    try {
      const guess = (ip: string) =>
        request(limited.url)
          .get(`/sign-in?token=${randomInt(1e9)}`)
          .set('X-Forwarded-For', ip);
      const ip = createAddress();
      expect([(await guess(ip)).status, (await guess(ip)).status]).toEqual([401, 401]);
      const refused = await guess(ip);
      expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
      expect(refused.headers['retry-after']).toMatch(/^\d+$/);
      expect((await guess(createAddress())).status).toBe(401);
    } finally {
      await limited.stop();
    }
  });

  test('is deleted from the counts once its window has ended, while other counts stay', async () => {
    await server.query(
      `insert into failed_authentications (key, points, expire) values
         ('address:over', 5, $1::bigint), ('address:counting', 5, $2::bigint)`,
      [Date.now() - 1_000, Date.now() + 3_600_000],
    );
    const next = await startTestServer({
      database: {
        connectionString: server.connectionString,
        query: server.query,
        drop: async () => {},
      },
    });
    const find = async () =>
      (
        await server.query(
          `select key from failed_authentications where key like 'address:%ing' or key = 'address:over'`,
        )
      ).rows;
    try {
      while ((await find()).length > 1) {
        await sleep(50);
      }
      expect(await find()).toEqual([{ key: 'address:counting' }]);
    } finally {
      await next.stop();
    }
  });
});
