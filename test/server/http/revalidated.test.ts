import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { failed, insertCheck } from '../../helpers/server/checks.ts';
import { createTestOrganization, type TestOrganization } from '../../helpers/server/organization.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';
import { signInPerson, signInWithPassword, type TestPerson } from '../../helpers/server/sign-in.ts';
import { PUBLISHABLE_KEY, type Supabase, startSupabase } from '../../helpers/stand-ins/supabase.ts';

let supabase: Supabase;
let server: TestServer;
let admin: TestPerson;
let organization: TestOrganization;
let checkId: string;
const app = { id: '', alias: 'shop', apiKey: '' };

beforeAll(async () => {
  supabase = await startSupabase();
  server = await startTestServer({
    env: { SUPABASE_URL: supabase.url, SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE_KEY },
  });
  admin = await signInPerson(supabase, server);
  organization = await createTestOrganization(server, admin);
  const body = { name: 'Shop', alias: app.alias, organization_id: organization.id };
  app.id = (await asAdmin(server, 'post', '/api/apps', admin.cookie).send(body)).body.id;
  app.apiKey = (
    await asAdmin(server, 'post', `/api/apps/${app.id}/api-key`, admin.cookie).send({})
  ).body.api_key;
  const flows = Array.from({ length: 40 }, (_, page) => failed(`GET /pages/${page}`, 'responded 500'));
  checkId = await insertCheck(server, app, { conclusion: 'failure', flows });
});
afterAll(async () => {
  await server.stop();
  await supabase.stop();
});
beforeEach(() => {
  supabase.settings.accessTokenSeconds = 3600;
});

const get = (path: string, { cookie } = admin) => asAdmin(server, 'get', path, cookie);
const readEtag = async (path: string, person = admin): Promise<string> =>
  (await get(path, person)).headers.etag ?? '';
const getIfChanged = (path: string, etag: string, person = admin) =>
  get(path, person).set('If-None-Match', etag);

describe('an answer that clients ask for again and again', () => {
  test('has an ETag, and is 304 without a body while it is the same', async () => {
    for (const path of [
      '/api/apps',
      '/api/apps/shop',
      '/api/apps/shop/checks?limit=5&flows=false',
      `/api/apps/shop/checks/${checkId}`,
      '/api/me',
      '/api/organizations',
      organization.path,
      `${organization.path}/members`,
      `${organization.path}/invitations`,
    ]) {
      const etag = await readEtag(path);
      expect([path, etag]).toEqual([path, expect.stringMatching(/^W\/"[\w-]{22}"$/)]);
      const answer = await getIfChanged(path, etag);
      expect([path, answer.status, answer.text, answer.headers['cache-control']]).toEqual([
        path,
        304,
        '',
        'no-store',
      ]);
      expect(answer.headers).not.toHaveProperty('content-type');
    }
  });

  test('is 304 to a browser, which adds no-cache, and to one of several tags', async () => {
    const etag = await readEtag('/api/apps');
    const answer = await getIfChanged('/api/apps', `"other", ${etag}`)
      .set('Cache-Control', 'no-cache')
      .set('Pragma', 'no-cache');
    expect(answer.status).toBe(304);
  });

  test.each(['*', '"other"', 'nonsense', ''])('is sent in full for If-None-Match: %s', async (etag) => {
    const answer = await getIfChanged('/api/apps', etag);
    expect([answer.status, answer.body.apps]).toEqual([200, [expect.objectContaining({ alias: 'shop' })]]);
  });

  test('is sent in full, with another tag, once it has changed', async () => {
    const before = await readEtag('/api/apps/shop');
    await asAdmin(server, 'patch', '/api/apps/shop', admin.cookie).send({ main_branch: 'trunk' });
    const answer = await getIfChanged('/api/apps/shop', before);
    expect([answer.status, answer.body.main_branch]).toEqual([200, 'trunk']);
    expect(answer.headers.etag).not.toBe(before);
  });

  test('is 304 to the key of the app too, also where it waits', async () => {
    const path = `/checks/${checkId}`;
    const first = await withKey(server, app, 'get', path);
    const second = await withKey(server, app, 'get', `${path}?wait=5&after=0`).set(
      'If-None-Match',
      first.headers.etag ?? '',
    );
    expect([first.status, second.status, second.text]).toEqual([200, 304, '']);
  });

  test('is compressed where it is long and the client takes that, with the same tag', async () => {
    const path = `/api/apps/shop/checks/${checkId}`;
    const plain = await get(path).set('Accept-Encoding', 'identity');
    const packed = await get(path).set('Accept-Encoding', 'gzip');
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', etag: plain.headers.etag });
    expect(packed.body).toEqual(plain.body);
    const short = await get('/api/apps/shop').set('Accept-Encoding', 'gzip');
    expect(short.headers).not.toHaveProperty('content-encoding');
  });
});

describe('a tag opens nothing', () => {
  test('to nobody, and to a session that has ended: 401', async () => {
    supabase.settings.accessTokenSeconds = -60;
    const cookie = await signInWithPassword(supabase, server);
    const path = '/api/me';
    const etag = await readEtag(path);
    await asAdmin(server, 'post', '/auth/sign-out', cookie);
    for (const ended of [cookie, '']) {
      expect((await getIfChanged(path, etag, { ...admin, cookie: ended })).status).toBe(401);
    }
  });

  test('to somebody else: they get their own answer', async () => {
    const other = await signInPerson(supabase, server);
    for (const path of ['/api/apps', '/api/me']) {
      const answer = await getIfChanged(path, await readEtag(path), other);
      expect([answer.status, JSON.stringify(answer.body)]).toEqual([
        200,
        expect.not.stringContaining(app.alias),
      ]);
    }
    expect((await getIfChanged('/api/apps/shop', await readEtag('/api/apps/shop'), other)).status).toBe(404);
  });

  test('to a member who was removed: 404', async () => {
    const member = await signInPerson(supabase, server);
    await organization.invite(member.email);
    const me = await get('/api/me', member);
    const etag = await readEtag('/api/apps/shop', member);
    expect((await getIfChanged('/api/apps/shop', etag, member)).status).toBe(304);
    await asAdmin(server, 'delete', `${organization.path}/members/${me.body.user.id}`, admin.cookie);
    expect((await getIfChanged('/api/apps/shop', etag, member)).status).toBe(404);
  });
});

describe('an answer that may hold a secret, or is about one', () => {
  test.each(['api-key', 'secrets', 'audit-log', 'check-settings'])(
    'of %s has no tag and is not compressed',
    async (part) => {
      const { headers, status } = await get(`/api/apps/shop/${part}`).set('Accept-Encoding', 'gzip');
      expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
      expect(headers).not.toHaveProperty('etag');
      expect(headers).not.toHaveProperty('content-encoding');
    },
  );

  test('of a new key and of a trigger neither', async () => {
    const branch = 'long/'.repeat(50);
    const metadata = { app_url: 'http://127.0.0.1:9/', branch, git_commit_message: 'long '.repeat(400) };
    const answers = [
      await asAdmin(server, 'post', '/api/apps/shop/api-key', admin.cookie).set('Accept-Encoding', 'gzip'),
      await request(server.url)
        .post('/api/apps/shop/trigger')
        .set('Cookie', admin.cookie)
        .set('Sec-Fetch-Site', 'same-origin')
        .set('Accept-Encoding', 'gzip')
        .send(metadata),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 202]);
    for (const { headers } of answers) {
      expect(headers['cache-control']).toBe('no-store');
      expect(headers).not.toHaveProperty('etag');
      expect(headers).not.toHaveProperty('content-encoding');
    }
  });
});
