import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { readAccessToken, signInWithPassword } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

let supabase: Supabase;
let server: TestServer;
let cookie: string;
let path: string;

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
  cookie = await signInWithPassword(supabase, server);
  const app = await asAdmin(server, 'post', '/api/apps', cookie).send({ name: 'App' });
  path = `/api/apps/${app.body.id}/api-key`;
});

const change = (method: 'post' | 'delete' | 'get') => asAdmin(server, method, path, cookie);
const countKeys = async () => (await change('get')).body.exists;

test('makes and removes keys with a valid session, and reads them without asking Supabase', async () => {
  const asked = supabase.calls('GET /user');
  expect((await change('post')).status).toBe(201);
  expect((await change('delete')).status).toBe(204);
  expect(supabase.calls('GET /user')).toBe(asked + 2);
  expect((await change('get')).status).toBe(200);
  expect(supabase.calls('GET /user')).toBe(asked + 2);
});

test('refuses to change keys with a session that was ended elsewhere, although its token is valid', async () => {
  await change('post');
  supabase.endSession(readAccessToken(cookie));
  for (const method of ['post', 'delete'] as const) {
    const answer = await change(method);
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_session']);
  }
  expect(await countKeys()).toBe(true);
});

test('refuses to change secrets and check settings with a session that was ended elsewhere', async () => {
  const app = path.replace('/api-key', '');
  const changeAll = async () => [
    await asAdmin(server, 'put', `${app}/secrets/TOKEN`, cookie).send({ value: 'open sesame' }),
    await asAdmin(server, 'put', `${app}/check-settings`, cookie).send({ max_pages: 3 }),
    await asAdmin(server, 'delete', `${app}/secrets/TOKEN`, cookie),
  ];
  expect((await changeAll()).map(({ status }) => status)).toEqual([204, 200, 204]);
  supabase.endSession(readAccessToken(cookie));
  for (const answer of await changeAll()) {
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_session']);
  }
});

test('asks Supabase before members and invitations are changed, and not before they are read', async () => {
  const { organizations, user } = (await asAdmin(server, 'get', '/api/me', cookie)).body;
  const at = `/api/organizations/${organizations[0].id}`;
  const asked = supabase.calls('GET /user');
  const changeRole = () =>
    asAdmin(server, 'patch', `${at}/members/${user.id}`, cookie).send({ role: 'admin' });
  const invite = () => asAdmin(server, 'post', `${at}/invitations`, cookie).send({ email: 'x@example.com' });
  expect([(await changeRole()).status, (await invite()).status]).toEqual([200, 201]);
  expect(supabase.calls('GET /user')).toBe(asked + 2);
  expect((await asAdmin(server, 'get', `${at}/members`, cookie)).status).toBe(200);
  expect(supabase.calls('GET /user')).toBe(asked + 2);
  supabase.endSession(readAccessToken(cookie));
  for (const answer of [await changeRole(), await invite()]) {
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_session']);
  }
});

test.each([
  [{ status: 500 }, 503],
  [{ status: 502 }, 503],
  [{ status: 404 }, 503],
  [{ status: 429 }, 503],
  ['disconnect' as const, 503],
  [{ status: 401 }, 401],
  [{ status: 403, body: { code: 403, error_code: 'bad_jwt', msg: 'invalid JWT' } }, 401],
  [{ status: 403, body: { code: 403, error_code: 'user_not_found', msg: 'User not found' } }, 401],
])('changes nothing while Supabase answers %j: %i', async (failure, status) => {
  supabase.failAuthWith(failure);
  for (const method of ['post', 'delete'] as const) {
    const answer = await change(method);
    expect([answer.status, answer.body.code]).toEqual([
      status,
      status === 503 ? 'identity_provider_unavailable' : 'invalid_session',
    ]);
  }
  expect(await countKeys()).toBe(false);
});

test('answers 503 and changes nothing while Supabase does not answer', async () => {
  supabase.failAuthWith('hang');
  expect((await change('post')).status).toBe(503);
  expect(await countKeys()).toBe(false);
}, 10_000);

test('changes nothing when Supabase answers about another user', async () => {
  supabase.failAuthWith({ status: 200, body: { id: 'd4b1f7b8-0000-4000-8000-000000000000', aud: 'x' } });
  expect((await change('post')).status).toBe(401);
  expect(await countKeys()).toBe(false);
});

test('checks the role before it asks Supabase', async () => {
  const stranger = await signInWithPassword(supabase, server);
  const asked = supabase.calls('GET /user');
  expect((await asAdmin(server, 'post', path, stranger)).status).toBe(404);
  expect(supabase.calls('GET /user')).toBe(asked);
});

test('changes no key without a publishable key, since it cannot ask Supabase', async () => {
  const without = await startTestServer({ env: { SUPABASE_URL: supabase.url } });
  const app = await asAdmin(without, 'post', '/api/apps', cookie).send({ name: 'App' });
  const answer = await asAdmin(without, 'post', `/api/apps/${app.body.id}/api-key`, cookie);
  expect([app.status, answer.status]).toEqual([201, 503]);
  await without.stop();
});
