import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { parseConfig } from '../../../server/config.ts';
import { createLogger } from '../../../server/observe/logger.ts';
import { type RunningServer, startServer } from '../../../server/server.ts';
import { findTestPort } from '../../helpers/network/test-port.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import {
  createCredentials,
  readAccessToken,
  signInWithPassword,
  toCookies,
} from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

let supabase: Supabase;
let database: TestDatabase;
let server: RunningServer;
let url: string;
let log = '';

async function start(env: Record<string, string>): Promise<void> {
  const port = await findTestPort();
  const config = parseConfig({ PORT: String(port), LOG_LEVEL: 'trace', SUPABASE_URL: supabase.url, ...env });
  const destination = new PassThrough().on('data', (chunk) => {
    log += chunk;
  });
  const { connectionString } = database;
  server = await startServer({
    config,
    connectionString,
    encryptionKeys: [],
    logger: createLogger(config, destination),
    drainMs: 0,
    lingerMs: 0,
  });
  url = `http://127.0.0.1:${port}`;
}

beforeAll(async () => {
  supabase = await startSupabase();
  database = await createTestDatabase();
});
afterAll(async () => {
  await supabase.stop();
  await database.drop();
});

test('writes no password, code, cookie or token to the log, whether a sign-in succeeds or fails', async () => {
  await start({ SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY });
  const credentials = createCredentials();
  supabase.settings.accessTokenSeconds = -60;
  const cookie = await signInWithPassword(supabase, { url }, credentials);
  supabase.settings.accessTokenSeconds = 3600;
  const secrets = [credentials.password, readAccessToken(cookie), cookie.slice(30), PUBLISHABLE_KEY];
  const post = (path: string) =>
    request(url).post(path).set('Sec-Fetch-Site', 'same-origin').set('Cookie', cookie).send(credentials);

  const asked = await post('/auth/email-link');
  const away = await fetch(supabase.emails().at(-1)?.link ?? '', { redirect: 'manual' });
  const code = new URL(away.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const callback = () => request(url).get('/auth/callback').query({ code }).set('Cookie', toCookies(asked));
  secrets.push(code, toCookies(asked).slice(40));

  await signInFourWays();
  for (const failure of [{ status: 500 }, { status: 401 }, { status: 429 }, 'disconnect' as const]) {
    supabase.failAuthWith(failure);
    await signInFourWays();
  }
  expect(log).toContain('/auth/callback');
  expect(log).toContain('Supabase Auth: ');
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10);
    expect(log).not.toContain(secret);
  }
  await server.stop();

  async function signInFourWays(): Promise<void> {
    for (const path of ['/auth/password', '/auth/sign-up', '/auth/email-link', '/auth/github']) {
      await post(path);
    }
    await callback();
    await request(url).get('/api/me').set('Cookie', cookie);
    await post('/auth/sign-out');
  }
}, 30_000);

test('names the missing SUPABASE_PUBLISHABLE_KEY once at the start', async () => {
  log = '';
  await start({});
  expect(log.match(/SUPABASE_PUBLISHABLE_KEY/g)).toHaveLength(1);
  await server.stop();
});
