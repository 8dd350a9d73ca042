import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { ERROR_CODES } from '../../../server/http/errors.ts';
import { createDocumentCheck, type OpenApi } from '../../helpers/network/document-check.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { startSite } from '../../helpers/network/site.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';
import { type GithubKeyList, startGithubKeyList } from '../../helpers/stand-ins/github-keys.ts';

/** The contract's table of routes, which the document must have. */
const CONTRACT = [
  'POST /api/apps/{app}/trigger 202',
  'GET /api/apps/{app}/checks/{check} 200',
  'GET /api/apps/{app}/checks/{check}/comparison 200',
  'GET /api/apps/{app}/checks 200',
  'POST /api/apps/{app}/checks/{check}/cancel 202',
  'GET /api/apps/{app}/statistics 200',
  'GET /api/apps/{app}/api-key 200',
  'POST /api/apps/{app}/api-key 201',
  'DELETE /api/apps/{app}/api-key 204',
  'GET /api/apps 200',
  'POST /api/apps 201',
  'GET /api/apps/{app} 200',
  'GET /api/apps/{app}/setup 200',
  'PATCH /api/apps/{app} 200',
  'DELETE /api/apps/{app} 204',
  'GET /api/apps/{app}/audit-log 200',
  'GET /api/apps/{app}/check-settings 200',
  'PUT /api/apps/{app}/check-settings 200',
  'POST /api/apps/{app}/check-settings/try 202',
  'GET /api/apps/{app}/secrets 200',
  'PUT /api/apps/{app}/secrets/{name} 204',
  'DELETE /api/apps/{app}/secrets/{name} 204',
  'GET /api/me 200',
  'GET /api/organizations 200',
  'POST /api/organizations 201',
  'GET /api/organizations/{organization} 200',
  'PATCH /api/organizations/{organization} 200',
  'GET /api/organizations/{organization}/members 200',
  'PATCH /api/organizations/{organization}/members/{user} 200',
  'DELETE /api/organizations/{organization}/members/{user} 204',
  'GET /api/organizations/{organization}/invitations 200',
  'POST /api/organizations/{organization}/invitations 201',
  'DELETE /api/organizations/{organization}/invitations/{invitation} 204',
  'POST /api/secret-scanning/github 200',
  'GET /healthz 200',
  'GET /readyz 200',
  'GET /readyz 503',
];

describe('the OpenAPI document and the running server', () => {
  let server: TestServer;
  let site: Awaited<ReturnType<typeof startSite>>;
  let github: GithubKeyList;
  let app: TestApp;
  let openApi: OpenApi;
  let check: ReturnType<typeof createDocumentCheck>;

  beforeAll(async () => {
    github = await startGithubKeyList();
    server = await startTestServer({ env: { RUNNERS: '1', SECRET_SCANNING_KEYS_URL: github.url } });
    site = await startSite({ '/': '<a href="/gone">gone</a>' });
    app = await server.createApp({ url: site.url });
    openApi = (await request(server.url).get('/api/openapi.json')).body;
    check = createDocumentCheck(openApi);
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([site.stop(), github.stop()]);
  });

  const operations = () =>
    Object.entries(openApi.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  /** Checks an answer against what the document says about its route and status. */
  function hold(path: string, answer: request.Response): void {
    const { method } = answer.request;
    const { status, body, headers } = answer;
    expect(check({ path, method, status, body, contentType: headers['content-type'] })).toEqual([]);
  }

  test('have exactly the routes of the contract, in OpenAPI 3.1', () => {
    expect(openApi.openapi).toMatch(/^3\.1\./);
    const documented = operations().flatMap(({ path, method, operation }) =>
      Object.keys(operation.responses)
        .filter((status) => !['default', '304', '429'].includes(status))
        .map((status) => `${method.toUpperCase()} ${path} ${status}`),
    );
    expect(documented.sort()).toEqual([...CONTRACT].sort());
  });

  test('limit failed authentication on every route that needs a caller, and on no other', () => {
    for (const { path, operation } of operations()) {
      const answer = operation.responses['429'];
      expect([path, answer !== undefined]).toEqual([path, operation.security.length > 0]);
      expect(Object.keys(answer?.headers ?? { 'Retry-After': {} })).toEqual(['Retry-After']);
    }
  });

  test('say of each read that has a tag that it may be answered with 304, and of nothing else', async () => {
    const revalidated = operations().filter(({ operation }) => operation.responses['304'] !== undefined);
    expect(revalidated.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'get /api/apps',
      'get /api/apps/{app}',
      'get /api/apps/{app}/checks',
      'get /api/apps/{app}/checks/{check}',
      'get /api/apps/{app}/setup',
      'get /api/apps/{app}/statistics',
      'get /api/me',
      'get /api/organizations',
      'get /api/organizations/{organization}',
      'get /api/organizations/{organization}/invitations',
      'get /api/organizations/{organization}/members',
    ]);
  });

  test('match in every answer from adding an app to removing it', async () => {
    const path = { app: '/api/apps/{app}', check: '/api/apps/{app}/checks/{check}' };
    hold('/healthz', await request(server.url).get('/healthz'));
    hold('/readyz', await request(server.url).get('/readyz'));
    hold('/api/me', await asAdmin(server, 'get', '/api/me'));
    const added = await asAdmin(server, 'post', '/api/apps').send({ name: 'Shop', url: site.url });
    hold('/api/apps', added);
    const at = `/api/apps/${added.body.alias}`;
    hold('/api/apps', await asAdmin(server, 'get', '/api/apps'));
    hold(`${path.app}/api-key`, await asAdmin(server, 'get', `${at}/api-key`));
    hold(`${path.app}/api-key`, await asAdmin(server, 'post', `${at}/api-key`));
    const triggered = await asAdmin(server, 'post', `${at}/trigger`).send({ branch: 'main', unknown: 1 });
    hold(`${path.app}/trigger`, triggered);
    const check = `${at}/checks/${triggered.body.check_id}`;
    hold(path.check, await asAdmin(server, 'get', check));
    hold(path.check, await asAdmin(server, 'get', `${check}?wait=20`));
    hold(`${path.check}/comparison`, await asAdmin(server, 'get', `${check}/comparison`));
    hold(`${path.app}/checks`, await asAdmin(server, 'get', `${at}/checks`));
    hold(`${path.app}/checks`, await asAdmin(server, 'get', `${at}/checks?flows=false&count=true`));
    hold(`${path.app}/statistics`, await asAdmin(server, 'get', `${at}/statistics`));
    const slow = await asAdmin(server, 'post', `${at}/trigger`).send({ app_url: 'http://127.0.0.1:9/' });
    const cancelled = await asAdmin(server, 'post', `${at}/checks/${slow.body.check_id}/cancel`);
    hold(`${path.check}/cancel`, cancelled);
    hold(`${path.app}/api-key`, await asAdmin(server, 'get', `${at}/api-key`));
    hold(`${path.app}/api-key`, await asAdmin(server, 'delete', `${at}/api-key`));
    await withKey(server, { ...app, alias: added.body.alias }, 'get');
    const { api_key: token } = (await asAdmin(server, 'post', `${at}/api-key`)).body;
    const found = JSON.stringify([
      { token, type: 'qassandra', url: 'https://example.com/', source: 'commit' },
    ]);
    const reporting = '/api/secret-scanning/github';
    hold(reporting, await request(server.url).post(reporting).set(github.sign(found)).send(found));
    const secret = `${at}/secrets/TOKEN`;
    hold(`${path.app}/secrets/{name}`, await asAdmin(server, 'put', secret).send({ value: 'open sesame' }));
    const settings = { headers: { 'X-Token': '{{TOKEN}}' }, exclude: ['/admin/**'], max_depth: 3 };
    hold(`${path.app}/check-settings`, await asAdmin(server, 'put', `${at}/check-settings`).send(settings));
    hold(`${path.app}/check-settings`, await asAdmin(server, 'get', `${at}/check-settings`));
    const tried = await asAdmin(server, 'post', `${at}/check-settings/try`).send(settings);
    hold(`${path.app}/check-settings/try`, tried);
    const trial = `${at}/checks/${tried.body.check_id}`;
    hold(path.check, await asAdmin(server, 'get', `${trial}?wait=20`));
    hold(`${path.check}/comparison`, await asAdmin(server, 'get', `${trial}/comparison`));
    hold(`${path.app}/secrets`, await asAdmin(server, 'get', `${at}/secrets`));
    hold(`${path.app}/secrets/{name}`, await asAdmin(server, 'delete', secret));
    await asAdmin(server, 'put', `${at}/check-settings`).send({});
    hold(`${path.app}/secrets/{name}`, await asAdmin(server, 'delete', secret));
    hold(`${path.app}/audit-log`, await asAdmin(server, 'get', `${at}/audit-log`));
    hold(path.app, await asAdmin(server, 'get', at));
    hold(path.app, await asAdmin(server, 'patch', at).send({ name: 'Shop 2' }));
    hold(path.app, await asAdmin(server, 'delete', at));
  });

  test('match in every answer about an organization', async () => {
    const path = '/api/organizations/{organization}';
    const added = await asAdmin(server, 'post', '/api/organizations').send({ name: 'Acme' });
    hold('/api/organizations', added);
    hold('/api/organizations', await asAdmin(server, 'get', '/api/organizations'));
    const at = `/api/organizations/${added.body.id}`;
    hold(path, await asAdmin(server, 'get', at));
    hold(path, await asAdmin(server, 'patch', at).send({ name: 'Acme 2' }));
    const invite = (email: string) => asAdmin(server, 'post', `${at}/invitations`).send({ email });
    const waiting = await invite('grace@example.com');
    hold(`${path}/invitations`, waiting);
    hold(`${path}/invitations`, await asAdmin(server, 'get', `${at}/invitations`));
    const invitation = `${at}/invitations/${waiting.body.invitation.id}`;
    hold(`${path}/invitations/{invitation}`, await asAdmin(server, 'delete', invitation));
    await server.query(`insert into users (id, email) values (gen_random_uuid(), 'ada@example.com')`);
    const joined = await invite('ada@example.com');
    hold(`${path}/invitations`, joined);
    hold(`${path}/members`, await asAdmin(server, 'get', `${at}/members`));
    const member = `${at}/members/${joined.body.member.user.id}`;
    hold(`${path}/members/{user}`, await asAdmin(server, 'patch', member).send({ role: 'viewer' }));
    hold(`${path}/members/{user}`, await asAdmin(server, 'delete', member));
  });

  test('match in the refusals of every route', async () => {
    for (const { path, method } of operations().filter(
      ({ path: { length }, path: at }) => length && at.startsWith('/api'),
    )) {
      const url = path.replace(/\{(\w+)\}/g, 'no-such-$1');
      hold(path, await request(server.url)[method as 'get'](url));
      hold(path, await asAdmin(server, method as 'get', url).send(method === 'get' ? undefined : '['));
    }
  });
});

describe('errors', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
    app = await server.createApp();
  });
  afterAll(() => server.stop());

  test.each([
    ['an unknown route', () => request(server.url).get('/api/nothing')],
    ['an unknown route outside of /api', () => request(server.url).get('/nothing')],
    ['a method that is not served', () => request(server.url).put('/api/apps')],
    ['a path that cannot be decoded', () => request(server.url).get('/api/apps/%E0%A4%A')],
    ['malformed JSON', () => withKey(server, app, 'post', '/trigger').send('{')],
    ['a body that is no object', () => withKey(server, app, 'post', '/trigger').send('[]')],
    ['a request without a caller', () => request(server.url).get('/api/apps')],
  ])('answers %s with a problem', async (_case, send) => {
    const { status, headers, body } = await send();
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toMatchObject({
      type: `urn:qassandra:error:${body.code}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      request_id: headers['x-request-id'],
    });
    expect(ERROR_CODES).toContain(body.code);
  });

  test.each([
    ['bytes that are not HTTP', 'nonsense\r\n\r\n', 400],
    ['headers that are too long', `GET /api/me HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s with a problem', async (_case, bytes, status) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(bytes);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json');
    const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    expect(problem).toMatchObject({ status, code: 'malformed_request', request_id: expect.any(String) });
    expect(ERROR_CODES).toContain(problem.code);
  });

  test('gives every answer a request id of its own', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await request(server.url).get('/healthz')).headers['x-request-id']),
    );
    expect(new Set(ids).size).toBe(3);
  });

  test('answers 500 without internals when the server is at fault', async () => {
    await server.query('alter table audit_events rename to elsewhere');
    const answer = await asAdmin(server, 'get', `/api/apps/${app.id}/audit-log`);
    await server.query('alter table elsewhere rename to audit_events');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal_error']);
    expect(answer.text).not.toContain('audit_events');
    expect(answer.text).not.toContain('    at ');
  });

  test('sends strict headers with pages and answers', async () => {
    for (const path of ['/', '/api/docs/', '/healthz', '/apps/x/checks/y']) {
      const { headers } = await request(server.url).get(path);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });
});
