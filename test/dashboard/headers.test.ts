import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { startTestServer, type TestServer } from '../helpers/server/server.ts';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const PAGES = [
  '/',
  '/sign-in',
  '/organization',
  '/apps/shop',
  '/apps/shop/settings',
  `/apps/shop/checks/${UNKNOWN_ID}`,
];
const AS_BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const DIST = new URL('../../server/dashboard/dist/', import.meta.url);
const FIRST_LOAD_BYTES = 110_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const get = (path: string) => request(server.url).get(path).set('Accept', AS_BROWSER);

/** The files that the document asks for at once. */
function listFiles(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
}

test.each(PAGES)('%s is one document, never kept, with a strict policy', async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none';base-uri 'none';connect-src 'self';form-action 'self';frame-ancestors 'none';" +
      "img-src 'self' data:;script-src 'self';style-src 'self'",
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  expect(answer.headers).not.toHaveProperty('x-powered-by');
  expect(answer.headers).not.toHaveProperty('set-cookie');
});

test('sends a document without inline scripts or styles, filled in', async () => {
  const { text } = await get('/');
  expect(text).not.toMatch(/<style|style=|<script(?![^>]* src=)|\son\w+=|%[A-Z_]+%/);
  expect(text).toContain(`content="${server.url.replace('127.0.0.1', 'localhost')}"`);
  expect(text).toContain('<meta name="qassandra-sign-in" content="local" />');
});

test('lets browsers keep the files of the document for ever, and compresses them', async () => {
  const files = listFiles((await get('/')).text);
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) {
    const answer = await get(file).set('Accept-Encoding', 'gzip');
    expect([file, answer.status]).toEqual([file, 200]);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    // Files of less than a kilobyte are not worth it.
    if (file.endsWith('.js') && answer.text.length > 1024) {
      expect(answer.headers['content-encoding']).toBe('gzip');
      expect(answer.headers['content-type']).toMatch(/^text\/javascript/);
    }
  }
});

test('answers HEAD as GET, without the body', async () => {
  const [file = ''] = listFiles((await get('/')).text);
  for (const path of ['/', '/apps/shop', file]) {
    const [full, head] = [await get(path), await request(server.url).head(path).set('Accept', AS_BROWSER)];
    expect([head.status, head.headers['content-type'], head.headers['cache-control'], head.text]).toEqual([
      full.status,
      full.headers['content-type'],
      full.headers['cache-control'],
      undefined,
    ]);
  }
});

test.each(['/nowhere', '/apps', '/apps/shop/nowhere', '/index.html', '/assets', '/nowhere.js'])(
  'sends a person at %s a page, with 404',
  async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.type, answer.headers['cache-control']]).toEqual([
      404,
      'text/html',
      'no-store',
    ]);
    expect(answer.text).toContain('id="root"');
  },
);

test.each([
  ['/nowhere', '*/*'],
  ['/nowhere', 'application/json'],
  ['/assets/gone.js', '*/*'],
  ['/api/nowhere', AS_BROWSER],
])('answers %s with Accept: %s with a problem', async (path, accept) => {
  const answer = await request(server.url).get(path).set('Accept', accept);
  expect([answer.status, answer.type]).toEqual([404, 'application/problem+json']);
  expect(answer.body.code).toBe('route_not_found');
});

test.each(['/assets/../index.html', '/assets/..%2findex.html', '/assets/%2e%2e/routes.ts'])(
  'serves nothing beside the assets: %s',
  async (path) => {
    const answer = await request(server.url).get(path).set('Accept', '*/*');
    expect(answer.text).not.toContain('id="root"');
    expect(answer.status).toBe(404);
  },
);

test('answers any other method with a problem', async () => {
  const answer = await request(server.url).post('/').set('Accept', AS_BROWSER);
  expect([answer.status, answer.type]).toEqual([404, 'application/problem+json']);
});

test('keeps the scripts of the first load under 110 kB, compressed', () => {
  const html = readFileSync(new URL('index.html', DIST), 'utf8');
  const scripts = listFiles(html).filter((file) => file.endsWith('.js'));
  const sizes = scripts.map((file) => gzipSync(readFileSync(new URL(`.${file}`, DIST))).length);
  expect(scripts.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(FIRST_LOAD_BYTES);
});
