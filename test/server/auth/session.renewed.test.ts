import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { generateKeyPair } from 'jose';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import {
  createCredentials,
  readAccessToken,
  signInWithPassword,
  toCookies,
} from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

const REFRESH = 'POST /token?grant_type=refresh_token';
const now = () => Math.floor(Date.now() / 1000);

let supabase: Supabase;
let server: TestServer;
/** A session whose access token has expired. */
let cookie: string;
let before: number;

beforeAll(async () => {
  supabase = await startSupabase();
  const env = { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY };
  server = await startTestServer({ env });
});
afterAll(async () => {
  await server.stop();
  await supabase.stop();
});
beforeEach(async () => {
  supabase.failAuthWith(undefined);
  supabase.settings.accessTokenSeconds = -60;
  cookie = await signInWithPassword(supabase, server);
  supabase.settings.accessTokenSeconds = 3600;
  before = supabase.calls(REFRESH);
});

const readMe = (sent = cookie) => asAdmin(server, 'get', '/api/me', sent);
const renewals = () => supabase.calls(REFRESH) - before;

test('renews an expired session during the request, and accepts the new cookies', async () => {
  const answer = await readMe();
  expect([answer.status, renewals()]).toEqual([200, 1]);
  expect(answer.headers['set-cookie']).toEqual([
    expect.stringMatching(/^sb-127-auth-token=base64-[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/),
  ]);
  const renewed = toCookies(answer);
  expect(renewed).not.toBe(cookie);
  const next = await readMe(renewed);
  expect([next.status, next.headers['set-cookie'], renewals()]).toEqual([200, undefined, 1]);
  expect(next.body.user).toEqual(answer.body.user);
});

test('shares one renewal among tabs that ask at the same time or a little later', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => readMe()));
  const late = await readMe();
  expect(new Set([...answers, late].map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set([...answers, late].map(toCookies)).size).toBe(1);
  expect(renewals()).toBe(1);
});

test('sends the new cookies also with a refusal', async () => {
  const answer = await asAdmin(server, 'get', '/api/apps/nowhere', cookie);
  expect([answer.status, answer.headers['set-cookie']?.length]).toEqual([404, 1]);
});

test('lets a renewed session change keys', async () => {
  const app = await asAdmin(server, 'post', '/api/apps', cookie).send({ name: 'App' });
  expect((await asAdmin(server, 'post', `/api/apps/${app.body.id}/api-key`, cookie)).status).toBe(201);
});

test('replaces an expired session at a new sign-in without renewing it', async () => {
  const credentials = createCredentials();
  supabase.addUser(credentials);
  const answer = await asAdmin(server, 'post', '/auth/password', cookie).send(credentials);
  expect([answer.status, renewals()]).toEqual([204, 0]);
  expect((await readMe(toCookies(answer))).body.user.email).toBe(credentials.email);
});

test('answers 401 when the session has ended', async () => {
  supabase.endSession(readAccessToken(cookie));
  const answer = await readMe();
  expect([answer.status, answer.body.code, renewals()]).toEqual([401, 'invalid_session', 1]);
  expect(answer.headers['set-cookie']).toBeUndefined();
});

test('answers 401 when the refresh token was used elsewhere', async () => {
  supabase.settings.reuseSeconds = 0;
  const other = await startTestServer({
    env: { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY },
  });
  expect((await asAdmin(other, 'get', '/api/me', cookie)).status).toBe(200);
  await other.stop();
  expect([(await readMe()).status, renewals()]).toEqual([401, 2]);
  supabase.settings.reuseSeconds = 10;
});

test.each([
  [{ status: 500 }],
  [{ status: 503 }],
  [{ status: 429 }],
  [{ status: 404 }],
  ['disconnect' as const],
])('answers 503 while Supabase answers %j, and renews the session later', async (failure) => {
  supabase.failAuthWith(failure);
  const answer = await readMe();
  expect([answer.status, answer.body.code]).toEqual([503, 'identity_provider_unavailable']);
  expect(renewals()).toBeLessThanOrEqual(3);
  supabase.failAuthWith(undefined);
  expect((await readMe()).status).toBe(200);
});

test('answers 503 within 5 s while Supabase does not answer', async () => {
  supabase.failAuthWith('hang');
  const startedAt = Date.now();
  expect((await readMe()).status).toBe(503);
  expect(Date.now() - startedAt).toBeLessThan(6_500);
}, 10_000);

test.each([
  ['of another issuer', async () => supabase.createToken({ exp: now() - 60, iss: 'https://other.example' })],
  ['for another audience', async () => supabase.createToken({ exp: now() - 60, aud: 'anon' })],
  ['that is not valid yet', async () => supabase.createToken({ exp: now() - 60, nbf: now() + 600 })],
  ['whose subject is no UUID', async () => supabase.createToken({ exp: now() - 60, sub: 'admin' })],
  [
    'of another key',
    async () =>
      supabase.createToken({ exp: now() - 60 }, { key: (await generateKeyPair('ES256')).privateKey }),
  ],
  ['with alg none', async () => toUnsigned(await supabase.createToken({ exp: now() - 60 }))],
  ['that was tampered with', async () => tamper(await supabase.createToken({ exp: now() - 60 }))],
  // Here the refresh token belongs to another user than the access token.
  ['of somebody else', async () => supabase.createToken({ exp: now() - 60 }), 1],
])('refuses an expired token %s', async (_case, createToken, asked = 0) => {
  const answer = await readMe(replaceToken(cookie, await createToken()));
  expect([answer.status, answer.body.code]).toEqual([401, 'invalid_session']);
  expect([renewals(), answer.headers['set-cookie']]).toEqual([asked, undefined]);
});

test('refuses an expired session without a refresh token, or on a server without a publishable key', async () => {
  const token = readAccessToken(cookie);
  const value = Buffer.from(JSON.stringify({ access_token: token })).toString('base64url');
  expect((await readMe(`sb-127-auth-token=base64-${value}`)).status).toBe(401);
  const without = await startTestServer({ env: { SUPABASE_URL: supabase.url } });
  expect((await asAdmin(without, 'get', '/api/me', cookie)).status).toBe(401);
  await without.stop();
  expect(renewals()).toBe(0);
});

function replaceToken(sent: string, token: string): string {
  const [name, value = ''] = sent.split('=base64-');
  const session = JSON.parse(Buffer.from(value, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...session, access_token: token })).toString('base64url');
  return `${name}=base64-${changed}`;
}

function toUnsigned(token: string): string {
  const [, payload] = token.split('.');
  return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
}

function tamper(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: crypto.randomUUID() })).toString('base64url');
  return `${header}.${changed}.${signature}`;
}
