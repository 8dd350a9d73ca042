import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { generateApiKey } from '../../server/auth/api-key.ts';
import { createDatabase, type Database } from '../../server/db/pool.ts';
import { createCountedApp } from '../helpers/counted-app.ts';
import { startTestServer, type TestApp, type TestServer } from '../helpers/server.ts';

/** Timers may be a few milliseconds early. */
const HELD_BACK_MS = 190;

describe('refusals while triggers flood in', () => {
  let server: TestServer;
  let db: Database;
  let mine: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
    mine = await server.createApp({ url: 'http://127.0.0.1:9/' });
    db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
  });
  afterAll(async () => {
    await db.close();
    await server.stop();
  });

  async function trigger(apiKey: string, isPressed: boolean) {
    const { app } = createCountedApp(db, { isPressed: () => isPressed });
    const startedAt = performance.now();
    const { status, body, headers } = await request(app)
      .post(`/api/apps/${mine.alias}/trigger`)
      .set('Authorization', `Bearer ${apiKey}`)
      .send({});
    return { status, body: { ...body, request_id: '' }, challenge: headers['www-authenticate'], startedAt };
  }

  test.each([
    ['a mistyped key', 'qsk_mistyped'],
    ['an unknown key', generateApiKey()],
  ])('%s is told later, and the same', async (_name, apiKey) => {
    const { startedAt, ...held } = await trigger(apiKey, true);
    expect(performance.now() - startedAt).toBeGreaterThan(HELD_BACK_MS);
    const { startedAt: _, ...calm } = await trigger(apiKey, false);
    expect(held).toEqual(calm);
    expect(held).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } });
  });
});
