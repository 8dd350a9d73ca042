import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sendRaw } from '../../helpers/network/raw-http.ts';
import { trigger } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

let server: TestServer;
let app: TestApp;
let other: TestApp;
let checkId: string;
beforeAll(async () => {
  server = await startTestServer({ env: { RUNNERS: '1' } });
  app = await server.createApp({ name: 'shop', url: 'http://127.0.0.1:9/' });
  other = await server.createApp({ name: 'other', url: 'http://127.0.0.1:9/' });
  checkId = await trigger(server, app);
});
afterAll(() => server.stop());

/** Sends the path exactly as written here; every HTTP client would normalize it first. */
async function get(path: string, apiKey = app.apiKey) {
  const head = ['Host: localhost', 'Connection: close', `Authorization: Bearer ${apiKey}`];
  const [answer] = await sendRaw(server, `GET ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
  return { status: answer?.status, body: JSON.parse(answer?.body || '{}') };
}

/** Text in the place of an app or a check. None of it names one, however often it is decoded. */
const TRICKS = [
  '.',
  '..',
  '%2e%2e',
  '%2E%2e%2f',
  '..%2f..%2fhealthz',
  '..;',
  ';',
  ';a=b',
  '%2f',
  '%5c',
  '\\',
  '%00',
  '%0a',
  '%0d%0aX-Injected:%201',
  '%7f',
  '%c0%ae%c0%ae',
  '%c0%af',
  '%e0%80%af',
  '%ed%a0%80',
  '%ff',
  '%fe%ff',
  '%',
  '%%',
  '%2',
  '%zz',
  '%u0041',
  '%25%30%30',
  '%252e%252e',
  '*',
  '~',
  "'",
  "'%20or%20'1'='1",
  '%22',
  '$1',
  '{app}',
  ':app',
  '__proto__',
  'constructor',
  'null',
  'undefined',
  'true',
  '0',
  '-1',
  '١',
  '%D9%A1',
  '%EF%BC%91',
  '%E2%80%8B',
  'a'.repeat(8_000),
  '%41'.repeat(2_500),
].map((trick) => [trick]);

describe('the app in a path', () => {
  test.each(TRICKS)('is not found by %s', async (trick) => {
    for (const path of [`/api/apps/${trick}`, `/api/apps/${trick}/checks`, `/api/apps/${app.id}${trick}`]) {
      const { status, body } = await get(path);
      expect([path, [400, 404].includes(status ?? 0)]).toEqual([path, true]);
      expect(body.code).toMatch(/^(app_not_found|route_not_found|malformed_request)$/);
    }
  });

  test.each([
    ['an id in upper case', () => app.id.toUpperCase(), 200],
    ['an id percent-encoded', () => `%${Buffer.from(app.id).toString('hex').match(/../g)?.join('%')}`, 200],
    ['an alias percent-encoded', () => app.alias.replace('s', '%73'), 200],
    ['an alias in upper case', () => app.alias.toUpperCase(), 404],
    ['an id in braces', () => `{${app.id}}`, 404],
    ['an id without hyphens', () => app.id.replaceAll('-', ''), 404],
    ['an id with a prefix', () => `urn:uuid:${app.id}`, 404],
    ['an id with white space', () => `%20${app.id}`, 404],
    ['an id with a dot at its end', () => `${app.id}.`, 404],
    ['an id and more', () => `${app.id}%00`, 404],
    ['two ids', () => `${app.id},${other.id}`, 404],
    ['an alias with a letter that looks like it', () => app.alias.replace('o', '%D0%BE'), 404],
  ])('is found by its exact id or alias only: %s', async (_case, toName, status) => {
    expect((await get(`/api/apps/${toName()}`)).status).toBe(status);
  });

  test.each([
    ['/api/apps/OWN/../OTHER', 404],
    ['/api/apps/OWN/%2e%2e/OTHER', 404],
    ['/api/apps/OWN/..%2fOTHER', 404],
    ['/api/apps/OTHER/../OWN', 404],
    ['/api/apps/OWN/checks/../../OTHER', 404],
    ['/api/apps/OWN;/../OTHER', 404],
    ['/api/apps//OTHER', 404],
    ['//api/apps/OTHER', 404],
    ['/api/./apps/OTHER', 404],
    ['/api\\apps\\OTHER', 404],
    ['/api/apps/OTHER#/OWN', 404],
    ['/api/apps/OTHER?app=OWN', 404],
    ['/api/apps/OTHER/', 404],
    ['/API/APPS/OTHER', 404],
    ['http://localhost/api/apps/OTHER', 404],
    ['/api/apps/OWN/', 200],
    ['/API/apps/OWN', 200],
    ['/api/apps/OWN?app=OTHER', 200],
    ['/api/apps/OWN#/../OTHER', 200],
  ])('is always the key’s own app: %s answers %i', async (pattern, status) => {
    const path = pattern.replaceAll('OWN', app.alias).replaceAll('OTHER', other.alias);
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body.id ?? app.id).toBe(app.id);
  });
});

describe('the check in a path', () => {
  test.each(TRICKS)('is not found by %s', async (trick) => {
    for (const at of [trick, `${checkId}${trick}`]) {
      const { status, body } = await get(`/api/apps/${app.id}/checks/${at}`);
      expect([at, [400, 404].includes(status ?? 0)]).toEqual([at, true]);
      expect(body.code).toMatch(/^(check_not_found|route_not_found|malformed_request)$/);
    }
  });

  test('is found by an id in upper case, also with ?wait=', async () => {
    const { status, body } = await get(`/api/apps/${app.id}/checks/${checkId.toUpperCase()}?wait=20`);
    expect([status, body.id]).toEqual([200, checkId]);
  });

  test('gets the same answer if it is another app’s as if it does not exist: read, waited for or used as a cursor', async () => {
    const foreign = await trigger(server, other);
    for (const [before, after] of [
      ['checks/', ''],
      ['checks/', '?wait=1&after=0'],
      ['checks?cursor=', ''],
    ]) {
      const answers = await Promise.all(
        [foreign, randomUUID()].map((id) => get(`/api/apps/${app.id}/${before}${id}${after}`)),
      );
      const [one, two] = answers.map(({ status, body }) => ({ status, body: { ...body, request_id: '' } }));
      expect(one).toEqual(two);
      expect([400, 404]).toContain(one?.status);
    }
  });
});

describe('paths outside the API', () => {
  test.each([
    '/assets/../../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e/index.html',
    '/assets/..%5c..%5cindex.html',
    '/assets/%00',
    '/assets/%',
    '/assets/',
    '/assets',
    '/assets//etc/passwd',
    '/assets/.git/config',
    '/api/docs/../../package.json',
    '/api/docs/..%2f..%2fexpress%2fpackage.json',
    '/api/docs/%00',
    '/.env',
    '/.git/config',
    '//evil.example/%2e%2e',
    '/%2f%2fevil.example',
    '/\\evil.example',
  ])('%s answers 404, and no file', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test.each([
    ['Range: bytes=999999999-', 200],
    ['Range: bytes=-1,0-0,-1', 200],
    ['If-Match: "nonsense"', 412],
    ['If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT', 412],
    ['If-None-Match: *', 200],
    ['Accept-Encoding: ;;;,q=', 200],
    ['Accept: ;;;,q=', 200],
  ])('a file requested with %s answers %i', async (header, status) => {
    const [answer] = await sendRaw(
      server,
      `GET /api/docs/style.css HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${header}\r\n\r\n`,
    );
    expect(answer?.status).toBe(status);
  });
});
