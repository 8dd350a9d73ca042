import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startHttpSite } from '../../helpers/network/raw-site.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const VALUE = 'correct-horse-battery-staple';

let server: TestServer;
let app: TestApp;
let site: Awaited<ReturnType<typeof startHttpSite>>;
/** A site of somebody else, to which the app links and redirects. */
let other: Awaited<ReturnType<typeof startHttpSite>>;
const requests: IncomingMessage[] = [];
const strangers: IncomingMessage[] = [];

beforeAll(async () => {
  server = await startTestServer({ env: { RUNNERS: '1' } });
  other = await startHttpSite((request, response) => {
    strangers.push(request);
    response.setHeader('content-type', 'text/html').end('other');
  });
  site = await startHttpSite((request, response) => {
    requests.push(request);
    if (request.headers['x-bypass'] !== VALUE) {
      response.writeHead(401).end('no');
    } else if (request.url === '/away') {
      response.writeHead(302, { location: `${other.url}/` }).end();
    } else {
      const links = `<a href="/next">next</a><a href="/away">away</a><a href="/echo-${VALUE}">echo</a>`;
      response
        .writeHead(request.url?.startsWith('/echo') ? 404 : 200, { 'content-type': 'text/html' })
        .end(links);
    }
  });
  app = await server.createApp({ url: site.url });
});
afterAll(async () => {
  await Promise.all([server.stop(), site.stop(), other.stop()]);
});

async function check(body: object) {
  const { body: receipt } = await withKey(server, app, 'post', '/trigger').send(body);
  return (await withKey(server, app, 'get', `/checks/${receipt.check_id}?wait=30`)).body;
}

test('sends a secret to the app alone, so that the check gets in, and shows it nowhere', async () => {
  expect(await check({})).toMatchObject({ conclusion: 'failure' });
  const secret = await asAdmin(server, 'put', `/api/apps/${app.id}/secrets/BYPASS`).send({ value: VALUE });
  expect(secret.status).toBe(204);
  const settings = { headers: { 'x-bypass': '{{BYPASS}}' }, external_links: true };
  const stored = await asAdmin(server, 'put', `/api/apps/${app.id}/check-settings`).send(settings);
  expect(stored.status).toBe(200);
  requests.length = 0;

  const result = await check({});
  expect(result).toMatchObject({ counts: { total: 4, passed: 2, failed: 1, skipped: 1 } });
  expect(JSON.stringify(result)).toContain('GET /echo-***');
  expect(JSON.stringify(result)).not.toContain(VALUE);
  expect(new Set(requests.map(({ headers }) => headers['x-bypass']))).toEqual(new Set([VALUE]));

  // A holder of the key chooses the URL, and gets no secret by that.
  expect(await check({ app_url: other.url })).toMatchObject({
    conclusion: 'success',
    warnings: expect.arrayContaining([expect.stringContaining('were not sent')]),
  });
  expect(strangers.length).toBeGreaterThan(0);
  expect(JSON.stringify(strangers.map(({ headers }) => headers))).not.toContain(VALUE);
});
