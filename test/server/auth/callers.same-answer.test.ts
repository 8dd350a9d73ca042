import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { asAdmin } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

/** Every route about an app; `key` is true where a key may use it. */
const ROUTES = [
  { method: 'POST', path: '/trigger', key: true, body: '' },
  { method: 'POST', path: '/trigger', key: true, body: '[' },
  { method: 'POST', path: '/trigger', key: true, body: '{"branch": 1}' },
  { method: 'GET', path: '/checks', key: true, body: '' },
  { method: 'GET', path: '/checks?limit=0', key: true, body: '' },
  { method: 'GET', path: '/checks/CHECK', key: true, body: '' },
  { method: 'GET', path: '/checks/CHECK?wait=1', key: true, body: '' },
  { method: 'POST', path: '/checks/CHECK/cancel', key: true, body: '' },
  { method: 'GET', path: '/checks/CHECK/comparison', key: true, body: '' },
  { method: 'GET', path: '/statistics', key: true, body: '' },
  { method: 'GET', path: '/statistics?days=1', key: true, body: '' },
  { method: 'GET', path: '/setup', key: false, body: '' },
  { method: 'GET', path: '', key: true, body: '' },
  { method: 'PATCH', path: '', key: false, body: '{"name": "Mine now"}' },
  { method: 'DELETE', path: '', key: false, body: '' },
  { method: 'GET', path: '/api-key', key: false, body: '' },
  { method: 'POST', path: '/api-key', key: false, body: '' },
  { method: 'DELETE', path: '/api-key', key: false, body: '' },
  { method: 'GET', path: '/audit-log', key: false, body: '' },
  { method: 'GET', path: '/check-settings', key: false, body: '' },
  { method: 'PUT', path: '/check-settings', key: false, body: '{"max_pages": 3}' },
  { method: 'PUT', path: '/check-settings', key: false, body: '[' },
  { method: 'POST', path: '/check-settings/try', key: false, body: '' },
  { method: 'GET', path: '/secrets', key: false, body: '' },
  { method: 'PUT', path: '/secrets/TOKEN', key: false, body: '{"value": "mine now"}' },
  { method: 'PUT', path: '/secrets/not-a-name', key: false, body: '[' },
  { method: 'DELETE', path: '/secrets/TOKEN', key: false, body: '' },
] as const;

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body?: string;
}

describe('the app of another organization', () => {
  let server: TestServer;
  let mine: TestApp;
  let theirs: TestApp;
  let myCheck: string;
  let theirCheck: string;

  beforeAll(async () => {
    server = await startTestServer();
    [mine, theirs] = [await server.createApp(), await server.createApp()];
    myCheck = await addCheck(mine);
    theirCheck = await addCheck(theirs);
    // From here on the admin does not belong to this app's organization.
    await server.query(
      `with elsewhere as (insert into organizations (name) values ('elsewhere') returning id)
       update apps set organization_id = elsewhere.id from elsewhere where apps.id = $1`,
      [theirs.id],
    );
  });
  afterAll(() => server.stop());

  async function addCheck({ id }: TestApp): Promise<string> {
    const checkId = randomUUID();
    await server.query(
      `insert into checks (id, app_id, target_url, triggered_by, claimable_at)
       values ($1, $2, 'http://127.0.0.1:9/', 'api_key', now() + interval '1 hour')`,
      [checkId, id],
    );
    return checkId;
  }

  /** The whole answer as received, without the parts that differ each time: date and request id. */
  async function send({ method, url, headers, body = '' }: Sent): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    const head = [`${method} ${url} HTTP/1.1`, 'Host: localhost', 'Connection: close', length, ...headers];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    const answer = await text(socket);
    const requestId = /^X-Request-Id: (\S+)\r$/m.exec(answer)?.[1] ?? '';
    expect(answer.split(requestId)).toHaveLength(answer.includes('application/problem+json') ? 3 : 2);
    return answer.replaceAll(requestId, '').replace(/^Date: .*\r\n/m, '');
  }

  const asKey = () => [`Authorization: Bearer ${mine.apiKey}`];
  const asUser = () => [`Cookie: ${server.cookie}`, 'Sec-Fetch-Site: same-origin'];

  /** The same request about their app and about apps that do not exist, by id and by alias. */
  const listUrls = (path: string) =>
    [
      [theirs.id, theirCheck],
      [theirs.alias, theirCheck],
      [theirs.id, randomUUID()],
      [randomUUID(), theirCheck],
      [randomUUID(), myCheck],
      ['no-such-app', randomUUID()],
      ['%C3%9Cnm%C3%B6glich%00', 'no-such-check'],
    ].map(([app = '', check = '']) => `/api/apps/${app}${path.replace('CHECK', check)}`);

  test.each(ROUTES)(
    '$method $path $body answers as for an app that does not exist, byte for byte',
    async (route) => {
      const { method, path, key, body } = route;
      const urls = listUrls(path);
      const [withKey, signedIn] = await Promise.all(
        [asKey(), asUser()].map((headers) =>
          Promise.all(urls.map((url) => send({ method, url, headers, body }))),
        ),
      );
      expect(new Set(signedIn).size).toBe(1);
      expect(signedIn?.[0]).toMatch(/^HTTP\/1\.1 404 .*"code":"app_not_found"/s);
      expect(new Set(withKey).size).toBe(1);
      // A key gets the same answer as a person, or is told that the route accepts no key.
      expect(withKey?.[0]).toEqual(
        key ? signedIn?.[0] : expect.stringMatching(/^HTTP\/1\.1 403 .*"code":"session_required"/s),
      );
    },
  );

  test.each(ROUTES)(
    '$method $path $body tells a key that is not in force nothing about the app',
    async (route) => {
      const answers = await Promise.all(
        [...listUrls(route.path), `/api/apps/${mine.alias}${route.path.replace('CHECK', myCheck)}`].map(
          (url) => {
            const headers = [`Authorization: Bearer ${generateApiKey()}`];
            return send({ method: route.method, url, headers, body: route.body });
          },
        ),
      );
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toMatch(/^HTTP\/1\.1 401 .*"code":"invalid_api_key"/s);
    },
  );

  /** `/trigger` is refused before Express, the other paths by their routes. */
  test.each([
    ['a key that is too short', 'Bearer qsk_abc'],
    ['a wrong checksum', `Bearer ${generateApiKey().slice(0, -1)}-`],
    ['another scheme', `Basic ${generateApiKey()}`],
    ['an empty header', ''],
  ])('gives the same answer to %s on every route that refuses it', async (_name, authorization) => {
    const headers = [`Authorization: ${authorization}`];
    const answers = await Promise.all(
      ['/trigger', '/trigger?', '/trigger/', '/TRIGGER', '/checks'].flatMap((path) =>
        [mine.alias, 'no-such-app', theirs.id].map((app) =>
          send({
            method: path === '/checks' ? 'GET' : 'POST',
            url: `/api/apps/${app}${path}`,
            headers,
            body: '[',
          }),
        ),
      ),
    );
    expect([...new Set(answers)]).toEqual([answers[0]]);
    expect(answers[0]).toMatch(/^HTTP\/1\.1 401 .*WWW-Authenticate: Bearer .*"code":"invalid_api_key"/s);
    expect(answers[0]).toContain('does not look like a Qassandra API key');
  });

  test('is covered above on every documented route', async () => {
    const { body } = await request(server.url).get('/api/openapi.json');
    const documented = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      path.includes('/{app}') ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`) : [],
    );
    const asked = ROUTES.map(
      ({ method, path }) =>
        `${method} /api/apps/{app}${path
          .replace(/\?.*/, '')
          .replace('CHECK', '{check}')
          .replace(/(secrets)\/.*/, '$1/{name}')}`,
    );
    expect([...new Set(asked)].sort()).toEqual(documented.sort());
  });

  test.each(['', '/cancel'])('its checks do not exist under another app: …/checks/ID%s', async (path) => {
    const method = path === '' ? 'GET' : 'POST';
    for (const headers of [asKey(), asUser()]) {
      const answers = await Promise.all(
        [theirCheck, randomUUID(), 'no-such-check'].map((check) =>
          send({ method, url: `/api/apps/${mine.alias}/checks/${check}${path}`, headers }),
        ),
      );
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toMatch(/^HTTP\/1\.1 404 .*"code":"check_not_found"/s);
    }
  });

  test('is unchanged by all of these requests', async () => {
    const { rows } = await server.query(
      `select apps.alias, apps.name, api_keys.key_hash is not null as keyed, checks.status,
         (select count(*) from secrets where app_id = apps.id)::integer as secrets,
         (select count(*) from check_settings where app_id = apps.id)::integer as settings
       from apps left join api_keys on api_keys.app_id = apps.id left join checks on checks.app_id = apps.id
       where apps.id = $1`,
      [theirs.id],
    );
    expect(rows).toEqual([
      {
        alias: theirs.alias,
        name: expect.not.stringContaining('now'),
        keyed: true,
        status: 'scheduled',
        secrets: 0,
        settings: 0,
      },
    ]);
    expect((await asAdmin(server, 'get', `/api/apps/${mine.alias}`)).status).toBe(200);
  });
});
