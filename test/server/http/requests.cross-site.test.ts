import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const PUBLIC_URL = 'https://checks.example.com';

let server: TestServer;
let app: TestApp;
beforeAll(async () => {
  server = await startTestServer({ env: { PUBLIC_URL } });
  app = await server.createApp({ url: 'http://127.0.0.1:9/' });
});
afterAll(() => server.stop());

async function countChecks(): Promise<unknown> {
  return (await server.query('select count(*)::int as count from checks')).rows[0]?.count;
}

/** Sends a trigger with the admin's cookie and the given headers, as a browser does. */
function post(headers: Record<string, string>, body = '{}') {
  return request(server.url)
    .post(`/api/apps/${app.id}/trigger`)
    .set('Cookie', server.cookie)
    .set('Content-Type', 'text/plain')
    .set(headers)
    .send(body);
}

test.each([
  ['the dashboard’s own page', { 'Sec-Fetch-Site': 'same-origin', Origin: PUBLIC_URL }],
  ['the dashboard’s own page, through a proxy that removes the origin', { 'Sec-Fetch-Site': 'same-origin' }],
  ['the dashboard’s own page, in a browser without Sec-Fetch-Site', { Origin: PUBLIC_URL }],
])('accepts a change from %s', async (_case, headers) => {
  expect((await post(headers)).status).toBe(202);
});

test.each<[string, Record<string, string>]>([
  ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
  ['another site that claims our origin', { 'Sec-Fetch-Site': 'cross-site', Origin: PUBLIC_URL }],
  ['a sibling subdomain', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://blog.example.com' }],
  ['a subdomain of ours', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://x.checks.example.com' }],
  ['the same host on another port', { 'Sec-Fetch-Site': 'same-site', Origin: `${PUBLIC_URL}:8443` }],
  ['the address bar or a bookmark', { 'Sec-Fetch-Site': 'none' }],
  ['a value that browsers do not send', { 'Sec-Fetch-Site': 'same-origin, cross-site' }],
  ['an empty value', { 'Sec-Fetch-Site': '', Origin: PUBLIC_URL }],
  ['another site, in an old browser', { Origin: 'https://evil.example' }],
  ['a sibling subdomain, in an old browser', { Origin: 'https://blog.example.com' }],
  ['our host without TLS, in an old browser', { Origin: 'http://checks.example.com' }],
  ['our host on another port, in an old browser', { Origin: 'https://checks.example.com:8443' }],
  ['a host that begins as ours', { Origin: 'https://checks.example.com.evil.example' }],
  ['a host that ends as ours', { Origin: 'https://evilchecks.example.com' }],
  ['our origin with a path', { Origin: `${PUBLIC_URL}/` }],
  ['our origin and another one', { Origin: `${PUBLIC_URL} https://evil.example` }],
  ['our origin in upper case', { Origin: PUBLIC_URL.toUpperCase() }],
  ['a sandboxed frame, a file or a redirect between sites', { Origin: 'null' }],
  ['a page that names us as its referrer', { Referer: `${PUBLIC_URL}/` }],
  ['an unknown origin', {}],
  ['an unknown origin with our Host header', { Host: 'checks.example.com' }],
])('refuses a change from %s with a 403', async (_case, headers) => {
  const before = await countChecks();
  const answer = await post(headers);
  expect([answer.status, answer.body.code]).toEqual([403, 'origin_not_allowed']);
  expect(answer.text).not.toContain('evil');
  expect(await countChecks()).toBe(before);
});

describe('a form on another site', () => {
  test.each([
    ['application/x-www-form-urlencoded', '{"a":"=b"}'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n{}\r\n--x--\r\n',
    ],
    ['text/plain', '{}'],
  ])('changes nothing when it is sent as %s', async (type, body) => {
    const answer = await post({ 'Content-Type': type, 'Sec-Fetch-Site': 'cross-site' }, body);
    expect(answer.status).toBe(403);
  });

  test('does not sign anybody out', async () => {
    const answer = await request(server.url)
      .post('/auth/sign-out')
      .set('Cookie', server.cookie)
      .set('Sec-Fetch-Site', 'cross-site');
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });
});

test('allows no page of another origin to read an answer', async () => {
  const preflight = await request(server.url)
    .options(`/api/apps/${app.id}/trigger`)
    .set('Origin', 'https://evil.example')
    .set('Access-Control-Request-Method', 'POST')
    .set('Access-Control-Request-Headers', 'authorization');
  const read = await request(server.url)
    .get(`/api/apps/${app.id}`)
    .set('Cookie', server.cookie)
    .set('Origin', 'https://evil.example');
  const keyed = await withKey(server, app, 'get').set('Origin', PUBLIC_URL);
  for (const { headers } of [preflight, read, keyed]) {
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  }
});

test('a key needs no origin, and a good origin does not help a bad key', async () => {
  const cross = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' };
  expect((await withKey(server, app, 'post', '/trigger').set(cross)).status).toBe(202);
  const bad = { ...app, apiKey: 'qsk_nonsense' };
  const answer = await withKey(server, bad, 'post', '/trigger')
    .set('Cookie', server.cookie)
    .set('Sec-Fetch-Site', 'same-origin');
  expect(answer.status).toBe(401);
});

test('reading needs no origin, and changes nothing', async () => {
  const before = await countChecks();
  for (const path of ['', '/checks', '/audit-log', '/api-key', '/trigger']) {
    const answer = await request(server.url)
      .get(`/api/apps/${app.id}${path}`)
      .set('Cookie', server.cookie)
      .set('Sec-Fetch-Site', 'cross-site');
    expect(answer.status).toBe(path === '/trigger' ? 404 : 200);
  }
  expect(await countChecks()).toBe(before);
});
