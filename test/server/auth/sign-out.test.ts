import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { signInWithPassword } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

const signOut = (server: TestServer, cookie: string) => asAdmin(server, 'post', '/auth/sign-out', cookie);

describe('signing out of a Supabase session', () => {
  let supabase: Supabase;
  let server: TestServer;
  beforeAll(async () => {
    supabase = await startSupabase();
    const env = { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY };
    server = await startTestServer({ env });
  });
  afterAll(async () => {
    await server.stop();
    await supabase.stop();
  });
  beforeEach(() => {
    supabase.failAuthWith(undefined);
    supabase.settings.accessTokenSeconds = 3600;
  });

  test('ends that session at Supabase, and no other', async () => {
    const [cookie] = [await signInWithPassword(supabase, server), await signInWithPassword(supabase, server)];
    const sessions = supabase.countSessions();
    const answer = await signOut(server, `${cookie}; sb-127-auth-token-code-verifier=base64-x; other=1`);
    expect([answer.status, answer.headers['cache-control']]).toEqual([204, 'no-store']);
    expect(answer.headers['set-cookie']).toEqual([
      'sb-127-auth-token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
      'sb-127-auth-token-code-verifier=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
    ]);
    expect(supabase.countSessions()).toBe(sessions - 1);
  });

  test('ends the session also when its access token has expired', async () => {
    supabase.settings.accessTokenSeconds = -60;
    const cookie = await signInWithPassword(supabase, server);
    supabase.settings.accessTokenSeconds = 3600;
    const sessions = supabase.countSessions();
    expect((await signOut(server, cookie)).status).toBe(204);
    expect(supabase.countSessions()).toBe(sessions - 1);
  });

  test.each([[{ status: 503 }], ['disconnect' as const]])(
    'clears the cookies when Supabase fails with %j',
    async (failure) => {
      const cookie = await signInWithPassword(supabase, server);
      supabase.failAuthWith(failure);
      const answer = await signOut(server, cookie);
      expect([answer.status, answer.headers['set-cookie']?.length]).toEqual([204, 1]);
    },
  );

  test('clears the cookies when the session has ended, is invalid, or is in chunks', async () => {
    const cookie = await signInWithPassword(supabase, server);
    await signOut(server, cookie);
    expect((await signOut(server, cookie)).headers['set-cookie']).toHaveLength(1);
    expect((await signOut(server, 'sb-127-auth-token=nonsense')).headers['set-cookie']).toHaveLength(1);
    const chunked = await signOut(server, await supabase.createCookie(await supabase.createToken()));
    expect([chunked.status, chunked.headers['set-cookie']?.length]).toEqual([204, 2]);
    const none = await signOut(server, '');
    expect([none.status, none.headers['set-cookie']]).toEqual([204, undefined]);
  });
});

describe('signing out of a local session', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  test('clears the cookie, and the session can no longer change keys', async () => {
    const app = await server.createApp();
    await server.query(
      `insert into ended_local_sessions (session_id, expires_at) values (gen_random_uuid(), now() - interval '1 s')`,
    );
    const answer = await signOut(server, server.cookie);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([
      204,
      ['sb-localhost-auth-token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'],
    ]);
    expect((await signOut(server, server.cookie)).status).toBe(204);
    const kept = await server.query('select expires_at > now() as is_current from ended_local_sessions');
    expect(kept.rows).toEqual([{ is_current: true }]);
    for (const method of ['post', 'delete'] as const) {
      const change = await asAdmin(server, method, `/api/apps/${app.id}/api-key`);
      expect([change.status, change.body.code]).toEqual([401, 'invalid_session']);
    }
  });

  test('accepts a cookie that holds no session, or no cookie', async () => {
    expect((await signOut(server, 'sb-localhost-auth-token=nonsense')).status).toBe(204);
    expect((await signOut(server, '')).status).toBe(204);
  });

  test('accepts only requests of the dashboard’s own pages', async () => {
    const answer = await request(server.url).post('/auth/sign-out').set('Cookie', server.cookie);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });
});
