import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { openRaw, sendRaw } from '../../helpers/network/raw-http.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

let server: TestServer;
let app: TestApp;
let organization: string;
beforeAll(async () => {
  server = await startTestServer();
  app = await server.createApp({ url: 'http://127.0.0.1:9/' });
  const me = await asAdmin(server, 'get', '/api/me');
  organization = `/api/organizations/${me.body.organizations[0].id}`;
});
afterAll(() => server.stop());

/** Every route that reads a body, with one of its text fields. */
const ROUTES = [
  { method: 'post', path: () => `/api/apps/${app.id}/trigger`, field: 'branch' },
  { method: 'post', path: () => `/api/apps/${app.id}/trigger`, field: 'git_commit_message' },
  { method: 'post', path: () => `/api/apps/${app.id}/trigger`, field: 'app_url' },
  { method: 'post', path: () => '/api/apps', field: 'name' },
  { method: 'patch', path: () => `/api/apps/${app.id}`, field: 'name' },
  { method: 'patch', path: () => `/api/apps/${app.id}`, field: 'main_branch' },
  { method: 'patch', path: () => `/api/apps/${app.id}`, field: 'alias' },
  { method: 'patch', path: () => `/api/apps/${app.id}`, field: 'repository_url' },
  { method: 'post', path: () => '/api/organizations', field: 'name' },
  { method: 'patch', path: () => organization, field: 'name' },
  { method: 'post', path: () => `${organization}/invitations`, field: 'email' },
] as const;

/** As JSON text, so that it is sent in exactly this form. */
const UNSTORABLE = {
  NUL: '"http://a.example/\\u0000"',
  'a high surrogate alone': '"http://a.example/\\ud800"',
  'a low surrogate alone': '"http://a.example/\\udfff"',
  'surrogates the wrong way round': '"http://a.example/\\udc00\\ud800"',
  'half a character at the limit': `"http://a.example/${'a'.repeat(9_000)}\\ud83d"`,
};

describe.each(ROUTES)('$method, $field', ({ method, path, field }) => {
  const send = (body: string) => asAdmin(server, method, path()).send(body);

  test.each(Object.entries(UNSTORABLE))('refuses %s, and names the field', async (_case, value) => {
    const answer = await send(`{"${field}":${value}}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors[0].path).toBe(field);
  });

  test.each([
    ['an object that claims to be text', '{"toString":"x","length":1,"trim":1}'],
    ['a list of lists', `${'['.repeat(2_000)}${']'.repeat(2_000)}`],
    ['a number that is too large', '1e999'],
  ])('refuses %s, and names the field', async (_case, value) => {
    const answer = await send(`{"name":"x","${field}":${value}}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors[0].path).toBe(field);
  });
});

describe('request bodies', () => {
  const trigger = (body: string | Buffer) => withKey(server, app, 'post', '/trigger').send(body);

  test.each([
    ['lists', 100_000, '[', ']'],
    ['objects', 20_000, '{"a":', '}'],
    ['lists that are never closed', 60_000, '[', ''],
  ])('refuses %s, %i deep', async (_case, depth, open, close) => {
    const inner = close === '' ? '' : '1';
    const answer = await trigger(open.repeat(depth) + inner + close.repeat(depth));
    expect([400, 413]).toContain(answer.status);
  });

  test('changes no other object when a body has names like __proto__', async () => {
    const forged = `{"__proto__":{"branch":"forged","isAdmin":true},"constructor":{"prototype":{"branch":"forged"}}}`;
    const answer = await trigger(forged).set('Content-Type', 'application/json');
    expect([answer.status, answer.body.metadata]).toEqual([202, {}]);
    expect(answer.body.warnings).toHaveLength(2);
    expect(Object.hasOwn(Object.prototype, 'branch')).toBe(false);
    expect((await trigger('{}')).body.metadata).toEqual({});
    const name = await asAdmin(server, 'post', '/api/apps').send('{"__proto__":{"name":"forged"}}');
    expect([name.status, name.body.errors]).toEqual([400, [{ path: 'name', message: 'is required' }]]);
  });

  test('uses the last value of a repeated field, in the answer and in what is stored', async () => {
    const answer = await trigger('{"branch":"first","branch":"last"}');
    expect(answer.body.metadata).toEqual({ branch: 'last' });
    const { rows } = await server.query('select metadata from checks where id = $1', [answer.body.check_id]);
    expect(rows).toEqual([{ metadata: { branch: 'last' } }]);
  });

  test('refuses a body that is small compressed and huge unpacked, without unpacking it', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    expect(bomb.length).toBeLessThan(65 * 1024);
    const answer = await trigger(bomb)
      .set('Content-Encoding', 'gzip')
      .set('Content-Type', 'application/json');
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
  });

  test('refuses a body that is compressed twice', async () => {
    const twice = gzipSync(gzipSync('{}'));
    const answer = await trigger(twice).set('Content-Encoding', 'gzip, gzip').set('Content-Type', 'x/y');
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  test('refuses endless chunks at the limit', async () => {
    const head = `POST /api/apps/${app.id}/trigger HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${app.apiKey}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const { socket, answers } = openRaw(server, head);
    const chunk = `1000\r\n${' '.repeat(4096)}\r\n`;
    const timer = setInterval(() => socket.write(chunk.repeat(4)), 1);
    const [answer] = await answers;
    clearInterval(timer);
    expect(answer?.status).toBe(413);
  });

  test.each([
    ['UTF-16', Buffer.from('\ufeff{"branch":"b"}', 'utf16le'), 'application/json; charset=utf-16'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'application/json'],
    ['UTF-7', Buffer.from('+AHs-+AH0-'), 'application/json; charset=utf-7'],
    ['a charset of nonsense', Buffer.from('{}'), 'application/json; charset="\\"'],
    ['NUL bytes', Buffer.alloc(100), 'application/json'],
  ])('does not cause an internal error for a body of %s', async (_case, body, type) => {
    const answer = await trigger(body).set('Content-Type', type);
    expect([202, 400, 415]).toContain(answer.status);
  });

  test('ignores the body of a GET', async () => {
    const body = '{"limit":1}';
    const [answer] = await sendRaw(
      server,
      `GET /api/apps/${app.id} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${app.apiKey}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer?.status).toBe(200);
  });
});

describe('repeated headers', () => {
  const bearer = () => `Authorization: Bearer ${app.apiKey}\r\n`;
  const send = (headers: string, body = '{}') =>
    sendRaw(
      server,
      `POST /api/apps/${app.id}/trigger HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`,
    );

  test.each([
    ['Idempotency-Key', 'Idempotency-Key: a\r\nIdempotency-Key: b\r\n', 400],
    ['Idempotency-Key, the same', 'Idempotency-Key: a\r\nIdempotency-Key: a\r\n', 400],
    ['Content-Encoding', 'Content-Encoding: gzip\r\nContent-Encoding: identity\r\n', 415],
    ['Content-Type', 'Content-Type: application/json\r\nContent-Type: text/plain; charset=utf-7\r\n', 202],
  ])('answers %s sent as %j with %i', async (_case, headers, status) => {
    expect((await send(bearer() + headers)).map((answer) => answer.status)).toEqual([status]);
  });

  test('answers 401 to a good key beside an Authorization without a scheme', async () => {
    expect((await send(`${bearer()}Authorization: x\r\n`))[0]?.status).toBe(401);
    expect((await send(`Authorization:\r\n${bearer()}`))[0]?.status).toBe(401);
  });

  test('answers 401 to an empty Authorization beside a session', async () => {
    const session = `Cookie: ${server.cookie}\r\nSec-Fetch-Site: same-origin\r\n`;
    expect((await send(`Authorization:\r\n${session}`))[0]?.status).toBe(401);
    expect((await send(session))[0]?.status).toBe(202);
  });

  test('uses the first of two session cookies, also when they are in two headers', async () => {
    const [name] = server.cookie.split('=', 1);
    const site = 'Sec-Fetch-Site: same-origin\r\n';
    const good = `Cookie: ${server.cookie}\r\n`;
    const bad = `Cookie: ${name}=base64-bm9uc2Vuc2U\r\n`;
    expect((await send(site + bad + good))[0]?.status).toBe(401);
    expect((await send(site + good + bad))[0]?.status).toBe(202);
  });
});

describe('query parameters', () => {
  const get = (query: string) =>
    request(server.url)
      .get(`/api/apps/${app.id}/checks?${query}`)
      .set('Authorization', `Bearer ${app.apiKey}`);

  test.each([
    ['limit=1&limit=2', 'limit'],
    ['limit=%00', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=٣', 'limit'],
    ['limit=', 'limit'],
    ['branch=%00', 'branch'],
    ['branch=a&branch=b', 'branch'],
    [`branch=${'x'.repeat(256)}`, 'branch'],
    ['status=finished&status=failed', 'status'],
    ['status=__proto__', 'status'],
    ['conclusion=constructor', 'conclusion'],
    ['flows=1', 'flows'],
    ['cursor=%00', 'cursor'],
    ['cursor=00000000-0000-0000-0000-000000000000', 'cursor'],
    ["cursor=' or true --", 'cursor'],
  ])('refuses %s with a 400 that names %s', async (query, path) => {
    const answer = await get(encodeURI(query).replaceAll('%25', '%'));
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, path]);
  });

  test.each([
    '__proto__=1',
    'constructor[prototype][limit]=1',
    'limit[]=1',
    'limit[a]=1',
    'branch=%ED%A0%80',
    'branch=%C0%AE',
    'branch=%ZZ',
    'branch=%u0041',
    '&&&===%',
    "branch=' or '1'='1",
    Array.from({ length: 1_200 }, (_, index) => `a${index}=1`).join('&'),
  ])('treats %s as text or ignores it', async (query) => {
    const answer = await get(query);
    expect([answer.status, Array.isArray(answer.body.checks)]).toEqual([200, true]);
  });
});
