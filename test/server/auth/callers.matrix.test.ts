import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly key: number;
  readonly session: number;
  readonly body?: object;
}

/** Every route of the contract that needs a caller, with the status that each kind of caller gets. */
const ROUTES = [
  { method: 'post', path: '/api/apps/APP/trigger', key: 202, session: 202 },
  { method: 'get', path: '/api/apps/APP/checks/CHECK', key: 200, session: 200 },
  { method: 'get', path: '/api/apps/APP/checks', key: 200, session: 200 },
  { method: 'post', path: '/api/apps/APP/checks/CHECK/cancel', key: 202, session: 202 },
  { method: 'get', path: '/api/apps/APP/api-key', key: 403, session: 200 },
  { method: 'post', path: '/api/apps/APP/api-key', key: 403, session: 201 },
  { method: 'delete', path: '/api/apps/APP/api-key', key: 403, session: 204 },
  { method: 'get', path: '/api/apps/APP/check-settings', key: 403, session: 200 },
  { method: 'put', path: '/api/apps/APP/check-settings', key: 403, session: 200 },
  { method: 'post', path: '/api/apps/APP/check-settings/try', key: 403, session: 202 },
  { method: 'get', path: '/api/apps/APP/secrets', key: 403, session: 200 },
  { method: 'put', path: '/api/apps/APP/secrets/NEW', key: 403, session: 204, body: { value: 'a value' } },
  { method: 'delete', path: '/api/apps/APP/secrets/TOKEN', key: 403, session: 204 },
  { method: 'get', path: '/api/apps', key: 403, session: 200 },
  { method: 'post', path: '/api/apps', key: 403, session: 201, body: { name: 'New' } },
  { method: 'get', path: '/api/apps/APP', key: 200, session: 200 },
  { method: 'patch', path: '/api/apps/APP', key: 403, session: 200 },
  { method: 'delete', path: '/api/apps/APP', key: 403, session: 204 },
  { method: 'get', path: '/api/apps/APP/audit-log', key: 403, session: 200 },
  { method: 'get', path: '/api/me', key: 403, session: 200 },
  { method: 'get', path: '/api/organizations', key: 403, session: 200 },
  { method: 'post', path: '/api/organizations', key: 403, session: 201, body: { name: 'New' } },
  { method: 'get', path: '/api/organizations/ORG', key: 403, session: 200 },
  { method: 'patch', path: '/api/organizations/ORG', key: 403, session: 200, body: { name: 'New' } },
  { method: 'get', path: '/api/organizations/ORG/members', key: 403, session: 200 },
  {
    method: 'patch',
    path: '/api/organizations/ORG/members/MEMBER',
    key: 403,
    session: 200,
    body: { role: 'viewer' },
  },
  { method: 'delete', path: '/api/organizations/ORG/members/MEMBER', key: 403, session: 204 },
  { method: 'get', path: '/api/organizations/ORG/invitations', key: 403, session: 200 },
  {
    method: 'post',
    path: '/api/organizations/ORG/invitations',
    key: 403,
    session: 201,
    body: { email: 'grace@example.com' },
  },
  { method: 'delete', path: '/api/organizations/ORG/invitations/INVITATION', key: 403, session: 204 },
] as const satisfies readonly Route[];

const CHANGES = ROUTES.filter(({ method }) => method !== 'get');

describe('the server', () => {
  let server: TestServer;
  let origin: string;
  let other: TestApp;

  beforeAll(async () => {
    server = await startTestServer();
    origin = server.url.replace('127.0.0.1', 'localhost');
    other = await server.createApp();
  });
  afterAll(() => server.stop());
  // The admin must belong to one organization only, so that apps can be added without naming one.
  beforeEach(() =>
    server.query(
      'delete from organizations where id not in (select organization_id from apps where id = $1)',
      [other.id],
    ),
  );

  /** Creates an organization of the admin, with another member and a pending invitation. */
  async function createOrganization() {
    const { rows } = await server.query(
      `with organization as (insert into organizations (name) values ('Acme') returning id),
       person as (insert into users (id, email) values (gen_random_uuid(), 'ada@example.com') returning id),
       member as (
         insert into members (organization_id, user_id, role)
         select organization.id, users.id, 'admin' from organization, users where email = 'admin@localhost'
         union all
         select organization.id, person.id, 'member' from organization, person
       ),
       invitation as (
         insert into invitations (organization_id, email, role)
         select id, 'alan@example.com', 'member' from organization
         returning id
       )
       select organization.id as "ORG", person.id as "MEMBER", invitation.id as "INVITATION"
       from organization, person, invitation`,
    );
    return rows[0] ?? {};
  }

  /**
   * Creates what the route needs for one case: an app with a check that stays scheduled, or an organization.
   */
  async function prepare({ method, path, body = {} }: Route, name: 'id' | 'alias' = 'alias') {
    const app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    const checkId = randomUUID();
    await server.query(
      `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
       values ($1, $2, 'http://127.0.0.1:9/', 'api_key', now() + interval '1 hour')`,
      [checkId, app.id],
    );
    await server.query(
      `insert into secrets (app_id, name, place, key_id, nonce, ciphertext)
       values ($1, 'TOKEN', 1, '', substring(uuid_send(gen_random_uuid()) for 12), '')`,
      [app.id],
    );
    const ids = {
      APP: app[name],
      CHECK: checkId,
      ...(path.includes('/ORG') && (await createOrganization())),
    };
    const url = Object.entries(ids).reduce((at, [word, id]) => at.replace(word, String(id)), path);
    return {
      app,
      send: (at = url) =>
        request(server.url)
          [method](at)
          .send(method === 'get' ? undefined : body),
      url,
    };
  }

  test.each(ROUTES)('$method $path answers a key with $key, as the contract says', async (route) => {
    const { app, send } = await prepare(route);
    const answer = await send().set('Authorization', `Bearer ${app.apiKey}`);
    expect(answer.status).toBe(route.key);
    if (route.key === 403) {
      expect(answer.body).toMatchObject({ code: 'session_required' });
    }
  });

  test.each(ROUTES)('$method $path answers an admin’s session with $session', async (route) => {
    const { send } = await prepare(route, 'id');
    expect((await send().set('Cookie', server.cookie).set('Origin', origin)).status).toBe(route.session);
  });

  test.each(ROUTES)('$method $path without credentials answers 401 and says what to add', async (route) => {
    const { send } = await prepare(route);
    const answer = await send();
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="qassandra"');
    expect(answer.body.detail).toContain('Authorization: Bearer qsk_');
    expect(answer.body.code).toBe('authentication_required');
  });

  test.each(ROUTES)('$method $path with an unknown key answers 401 invalid_token', async (route) => {
    const { send } = await prepare(route);
    const answer = await send().set('Authorization', `Bearer ${generateApiKey()}`);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Bearer realm="qassandra", error="invalid_token"');
    expect(answer.body.code).toBe('invalid_api_key');
  });

  test.each(ROUTES)(
    '$method $path with a bad header and a good cookie refuses the bad header',
    async (route) => {
      const { send } = await prepare(route);
      const signedIn = () => send().set('Cookie', server.cookie).set('Origin', origin);
      expect((await signedIn().set('Authorization', 'Bearer qsk_nonsense')).status).toBe(401);
      expect(
        (await signedIn().set('Authorization', `Basic ${Buffer.from('a:b').toString('base64')}`)).status,
      ).toBe(401);
    },
  );

  test.each(ROUTES)('$method $path with a tampered session answers 401', async (route) => {
    const { send } = await prepare(route);
    const tampered = server.cookie.replace(/.{12}$/, 'AAAAAAAAAAAA');
    const answer = await send().set('Cookie', tampered).set('Origin', origin);
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('invalid_session');
  });

  test.each(CHANGES)('$method $path from another origin than the dashboard’s answers 403', async (route) => {
    const { send } = await prepare(route);
    const signedIn = () => send().set('Cookie', server.cookie);
    const refused = await Promise.all([
      signedIn(),
      signedIn().set('Origin', 'https://evil.example'),
      signedIn().set('Origin', 'null'),
      signedIn().set('Sec-Fetch-Site', 'same-site').set('Origin', origin),
      signedIn().set('Sec-Fetch-Site', 'cross-site').set('Origin', origin),
      signedIn().set('Sec-Fetch-Site', 'none'),
    ]);
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [403, 'origin_not_allowed']),
    );
    expect((await signedIn().set('Sec-Fetch-Site', 'same-origin')).status).toBe(route.session);
  });

  test.each(['bearer', 'BEARER', 'Bearer'])('accepts the scheme written as %s', async (scheme) => {
    const answer = await request(server.url)
      .get(`/api/apps/${other.id}`)
      .set('Authorization', `${scheme} ${other.apiKey}`);
    expect(answer.status).toBe(200);
  });

  test('refuses two Authorization headers, also when both are good', async () => {
    const [good, bad] = [`Bearer ${other.apiKey}`, `Bearer ${generateApiKey()}`];
    const url = `${server.url}/api/apps/${other.id}`;
    for (const [one = '', two = ''] of [
      [good, bad],
      [bad, good],
      [good, good],
    ]) {
      const sent = get(url, { headers: ['Host', 'localhost', 'Authorization', one, 'Authorization', two] });
      const [answer] = await once(sent, 'response');
      answer.resume();
      expect(answer.statusCode).toBe(401);
    }
  });

  test('says that a malformed key does not look like a key', async () => {
    const cut = other.apiKey.slice(0, -1);
    const mistyped = `${other.apiKey.slice(0, 10)}${other.apiKey[10] === 'x' ? 'y' : 'x'}${other.apiKey.slice(11)}`;
    for (const apiKey of [
      '',
      'qsk_',
      cut,
      mistyped,
      `${other.apiKey}x`,
      other.apiKey.replace('qsk_', 'sk_'),
    ]) {
      const answer = await request(server.url)
        .get(`/api/apps/${other.id}`)
        .set('Authorization', `Bearer ${apiKey}`);
      expect(answer.status).toBe(401);
      expect(answer.body.detail).toContain('does not look like');
    }
  });
});
