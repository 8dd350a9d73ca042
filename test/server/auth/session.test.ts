import { createPublicKey } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPair } from 'jose';
import request from 'supertest';
import { createLocalIssuer } from '../../../server/auth/local/local-issuer.ts';
import { createDatabase } from '../../../server/db/pool.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { signIn, startTestServer, type TestServer, toCookieHeader } from '../../helpers/server/server.ts';
import { type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

describe('local sign-in', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  async function createLink(): Promise<string> {
    const db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
    const link = await (
      await createLocalIssuer(db, server.url.replace('127.0.0.1', 'localhost'))
    ).createSignInLink();
    await db.close();
    return link.replace('localhost', '127.0.0.1');
  }

  test('sets the cookie that Supabase would set and redirects to /', async () => {
    const answer = await fetch(await createLink(), { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/']);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^sb-localhost-auth-token=base64-[\w-]+; .*Path=\/; .*HttpOnly; SameSite=Lax$/);
    const me = await request(server.url).get('/api/me').set('Cookie', toCookieHeader(answer));
    expect([me.status, me.body.user.email]).toEqual([200, 'admin@localhost']);
  });

  test('the link works once', async () => {
    const link = await createLink();
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await fetch(link, { redirect: 'manual' })).status),
    );
    expect(statuses.sort()).toEqual([302, 401, 401]);
    expect(await (await fetch(link)).text()).toContain('npm run sign-in');
  });

  test('the preview of a link, a HEAD request, does not use the link up', async () => {
    const link = await createLink();
    const preview = await fetch(link, { method: 'HEAD', redirect: 'manual' });
    expect([preview.status, preview.headers.getSetCookie()]).toEqual([200, []]);
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(302);
  });

  test('the link works for 15 minutes', async () => {
    const [early, late] = [await createLink(), await createLink()];
    await server.query(`update sign_in_tokens set expires_at = expires_at - interval '14 minutes'`);
    expect((await fetch(early, { redirect: 'manual' })).status).toBe(302);
    await server.query(`update sign_in_tokens set expires_at = expires_at - interval '1 minute'`);
    expect((await fetch(late, { redirect: 'manual' })).status).toBe(401);
  });

  test.each(['?token=', '?token=nonsense', '?token=a&token=b'])('refuses the link %s', async (query) => {
    expect((await fetch(`${server.url}/sign-in${query}`, { redirect: 'manual' })).status).toBe(401);
  });

  test('signs everybody in as the one admin', async () => {
    const cookie = await signIn(server.url, await createLink());
    const [one, other] = [
      await asAdmin(server, 'get', '/api/me'),
      await asAdmin(server, 'get', '/api/me', cookie),
    ];
    expect(one.body).toEqual(other.body);
    expect(one.body.organizations).toEqual([{ id: expect.any(String), name: 'admin', role: 'admin' }]);
  });

  test('accepts a session on every instance that shares the database', async () => {
    const env = { PUBLIC_URL: server.url.replace('127.0.0.1', 'localhost') };
    const database = { connectionString: server.connectionString, query: server.query, drop: async () => {} };
    const second = await startTestServer({ env, database });
    expect((await asAdmin(second, 'get', '/api/me', server.cookie)).status).toBe(200);
    await second.stop();
  });

  test('refuses cookies that hold no session, and treats an empty cookie as no cookie', async () => {
    const read = (cookie: string) => request(server.url).get('/api/me').set('Cookie', cookie);
    for (const value of [
      'base64-%%%',
      'base64-e30',
      'nonsense',
      '{"access_token":7}',
      'base64-eyJhY2Nlc3NfdG9rZW4iOiJ4In0',
    ]) {
      const answer = await read(`sb-localhost-auth-token=${value}`);
      expect([value, answer.status, answer.body.code]).toEqual([value, 401, 'invalid_session']);
    }
    expect((await read('sb-localhost-auth-token=')).body.code).toBe('authentication_required');
    expect((await read('other=1')).body.code).toBe('authentication_required');
  });
});

describe('sessions of a Supabase project', () => {
  const SECRET = 'a-shared-secret-of-at-least-32-characters';
  let supabase: Supabase;
  let server: TestServer;

  beforeEach(async () => {
    supabase = await startSupabase();
    server = await startTestServer({ env: { SUPABASE_URL: supabase.url, SUPABASE_JWT_SECRET: SECRET } });
  });
  afterEach(async () => {
    await server.stop();
    await supabase.stop();
  });

  const readMe = async (token: string) =>
    asAdmin(server, 'get', '/api/me', await supabase.createCookie(token));

  test('are read from the cookie as @supabase/ssr writes it, in chunks', async () => {
    const token = await supabase.createToken();
    const cookie = await supabase.createCookie(token);
    expect(cookie).toContain('sb-127-auth-token.0=base64-');
    expect(cookie).toContain('sb-127-auth-token.1=');
    const answer = await asAdmin(server, 'get', '/api/me', cookie);
    expect([answer.status, answer.body.user.email]).toEqual([200, 'ada@example.com']);
  });

  test('fetch the published keys once', async () => {
    for (let count = 0; count < 5; count += 1) {
      expect((await readMe(await supabase.createToken())).status).toBe(200);
    }
    expect(supabase.keyFetches()).toBe(1);
  });

  test('make a new user the admin of an organization of their own, and of no other', async () => {
    const [ada, bob] = [
      await supabase.createToken({ email: 'ada@example.com' }),
      await supabase.createToken({ email: 'bob@example.com' }),
    ];
    const answers = await Promise.all([ada, ada, ada, bob].map((token) => readMe(token)));
    for (const { body } of answers) {
      expect(body.organizations).toHaveLength(1);
      expect(body.organizations[0].role).toBe('admin');
    }
    expect(answers[0]?.body.organizations[0].id).toBe(answers[2]?.body.organizations[0].id);
    expect(answers[0]?.body.organizations[0].id).not.toBe(answers[3]?.body.organizations[0].id);
  });

  test('are accepted when signed with the shared secret, if one is set', async () => {
    const key = new TextEncoder().encode(SECRET);
    expect((await readMe(await supabase.createToken({}, { header: { alg: 'HS256' }, key }))).status).toBe(
      200,
    );
    const other = new TextEncoder().encode(`${SECRET}!`);
    expect(
      (await readMe(await supabase.createToken({}, { header: { alg: 'HS256' }, key: other }))).status,
    ).toBe(401);
    const without = await startTestServer({ env: { SUPABASE_URL: supabase.url } });
    const cookie = await supabase.createCookie(
      await supabase.createToken({}, { header: { alg: 'HS256' }, key }),
    );
    expect((await asAdmin(without, 'get', '/api/me', cookie)).status).toBe(401);
    await without.stop();
  });

  const now = () => Math.floor(Date.now() / 1000);
  test.each([
    ['of another issuer', () => ({ iss: 'https://other.supabase.co/auth/v1' })],
    ['without an issuer', () => ({ iss: undefined })],
    ['for another audience', () => ({ aud: 'anon' })],
    ['without an audience', () => ({ aud: undefined })],
    ['that has expired', () => ({ exp: now() - 60 })],
    ['that never expires', () => ({ exp: undefined })],
    ['that is not valid yet', () => ({ nbf: now() + 600 })],
    ['without a subject', () => ({ sub: undefined })],
    ['whose subject is no UUID', () => ({ sub: 'admin' })],
  ])('a token %s is refused', async (_case, claims) => {
    // @supabase/ssr writes no cookie for some of these tokens, so the token replaces the one in a valid
    // cookie.
    const sound = await supabase.createToken();
    const cookie = await supabase.createCookie(sound);
    const token = await supabase.createToken(claims());
    const answer = await asAdmin(server, 'get', '/api/me', replaceToken(cookie, token));
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_session']);
  });

  test('a token signed with another key is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await supabase.createToken({}, { key: privateKey });
    expect((await readMe(token)).status).toBe(401);
  });

  test('a token signed with a key that is not published is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await supabase.createToken({}, { key: privateKey, header: { kid: 'key-2' } });
    expect((await readMe(token)).status).toBe(401);
  });

  test('a token signed with the published key as a secret is refused', async () => {
    const published = await request(supabase.url).get('/auth/v1/.well-known/jwks.json');
    const [jwk] = published.body.keys;
    const der = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
    const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    for (const key of [
      der,
      Buffer.from(pem),
      Buffer.from(jwk.x, 'base64url'),
      Buffer.from(JSON.stringify(jwk)),
    ]) {
      const token = await supabase.createToken({}, { header: { alg: 'HS256' }, key });
      expect((await readMe(token)).body.code).toBe('invalid_session');
    }
  });

  test('a token with alg none is refused', async () => {
    const [, payload] = (await supabase.createToken()).split('.');
    const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const cookie = await supabase.createCookie(await supabase.createToken());
    const answer = await asAdmin(server, 'get', '/api/me', replaceToken(cookie, `${header}.${payload}.`));
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_session']);
  });

  test('are answered 503 with Retry-After, not 401, when the keys cannot be fetched', async () => {
    supabase.failWith(500);
    const answer = await readMe(await supabase.createToken());
    expect([answer.status, answer.body.code]).toEqual([503, 'identity_provider_unavailable']);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
  });

  test('are not started by a sign-in link: its token is ignored', async () => {
    const answer = await request(server.url).get('/sign-in?token=x');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

/** The same session cookie with another access token in it. */
function replaceToken(cookie: string, token: string): string {
  const value = cookie
    .split('; ')
    .map((chunk) => chunk.slice(chunk.indexOf('=') + 1))
    .join('');
  const session = JSON.parse(Buffer.from(value.replace('base64-', ''), 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...session, user: {}, access_token: token })).toString(
    'base64url',
  );
  return `sb-127-auth-token=base64-${changed}`;
}
