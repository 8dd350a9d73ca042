import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { createDatabase, type Database } from '../../../server/db/pool.ts';
import { createRefusalPace } from '../../../server/http/refusal-pace.ts';
import { createCountedApp } from '../../helpers/server/counted-app.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

/** Timers may fire a few milliseconds early. */
const HELD_BACK_MS = 490;

describe('refusals during a flood of triggers', () => {
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

  interface Asked {
    readonly method: 'get' | 'post';
    readonly path: string;
    readonly apiKey: string;
    readonly isPressed: boolean;
  }

  async function ask({ method, path, apiKey, isPressed }: Asked) {
    const { app } = createCountedApp(db, { isPressed: () => isPressed });
    const { status, body, headers } = await request(app)
      [method](`/api/apps/${mine.alias}${path}`)
      .set('Authorization', `Bearer ${apiKey}`);
    return { status, body: { ...body, request_id: '' }, challenge: headers['www-authenticate'] };
  }

  test.each([
    ['a mistyped key', 'post', '/trigger', 'qsk_mistyped'],
    ['a mistyped key that the route refuses', 'post', '/trigger?', 'qsk_mistyped'],
    ['a mistyped key elsewhere', 'get', '/checks', 'qsk_mistyped'],
    ['an unknown key', 'post', '/trigger', generateApiKey()],
    ['an unknown key elsewhere', 'get', '/checks', generateApiKey()],
  ] as const)('%s gets the same refusal, delayed', async (_name, method, path, apiKey) => {
    const startedAt = performance.now();
    const held = await ask({ method, path, apiKey, isPressed: true });
    expect(performance.now() - startedAt).toBeGreaterThan(HELD_BACK_MS);
    expect(await ask({ method, path, apiKey, isPressed: false })).toEqual(held);
    expect(held).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } });
  });

  test.each([
    ['a request that is refused for another reason', 'app_not_found', true],
    ['a bad key without a flood', 'invalid_api_key', false],
  ] as const)('%s is answered at once', (_name, code, isPressed) => {
    let isTold = false;
    createRefusalPace({ isPressed: () => isPressed })(code, () => {
      isTold = true;
    });
    expect(isTold).toBe(true);
  });
});
