import { afterEach, expect, test } from '@jest/globals';
import type { HttpClient } from '../../../../server/runner/link-walker/http/http-client.ts';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';
import { summarize, walkSite } from '../../../helpers/network/walk-site.ts';
import { openClient } from '../../../helpers/runner/walker-parts.ts';

let site: RawSite;
let client: HttpClient | undefined;

afterEach(async () => {
  await client?.close();
  client = undefined;
  await site.stop();
});

test('opens all pages of a preview if its first URL has the access token', async () => {
  site = await startHttpSite(({ url = '', headers }, response) => {
    if (url === '/?x-vercel-protection-bypass=token&x-vercel-set-bypass-cookie=true') {
      response.writeHead(307, {
        location: '/',
        'set-cookie': '_vercel_jwt=abc; Path=/; HttpOnly; SameSite=Lax',
      });
    } else if (headers.cookie === '_vercel_jwt=abc') {
      response.writeHead(200, { 'content-type': 'text/html' });
    } else {
      response.writeHead(401);
    }
    response.end('<a href="/a">a</a><a href="/b">b</a>');
  });
  const home = `${site.url}/?x-vercel-protection-bypass=token&x-vercel-set-bypass-cookie=true`;
  expect(summarize(await walkSite(home)).map((line) => line.replace(/^.*: /, ''))).toEqual([
    'passed',
    'passed',
    'passed',
  ]);
  expect(summarize(await walkSite(site.url))).toEqual(['GET /: failed, responded 401 Unauthorized']);
});

/** Opens `http://shop.example/cart/set`, which sets cookies, and then `next`. Returns the cookies that `next` was sent. */
async function cookiesOf(next: string, setCookie: string | string[]): Promise<string | undefined> {
  let sent: string | undefined;
  site = await startHttpSite(({ url = '', headers }, response) => {
    sent = headers.cookie;
    response.writeHead(200, url === '/cart/set' ? { 'set-cookie': setCookie } : {}).end('x');
  });
  client = openClient();
  for (const url of ['http://shop.example/cart/set', next]) {
    const address = new URL(url);
    address.port = String(site.port);
    const { body } = await client.get(address, { signal: new AbortController().signal });
    await body.dump();
  }
  return sent;
}

test.each([
  ['to its own host', 'http://shop.example/cart/', 'a=1', 'a=1'],
  ['to no other host', 'http://www.shop.example/cart/', 'a=1', undefined],
  ['to hosts of its domain', 'http://www.shop.example/', 'a=1; Domain=shop.example; Path=/', 'a=1'],
  ['to paths below its own', 'http://shop.example/cart/items', 'a=1; Path=/cart', 'a=1'],
  ['to no other path', 'http://shop.example/', 'a=1', undefined],
  ['when it has not expired', 'http://shop.example/cart/', 'a=1; Max-Age=60', 'a=1'],
  ['not when it has expired', 'http://shop.example/cart/', ['a=1', 'a=; Max-Age=0'], undefined],
  [
    'not when it expired long ago',
    'http://shop.example/cart/',
    'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    undefined,
  ],
  ['never without https when it is secure', 'http://shop.example/cart/', 'a=1; Secure', undefined],
  [
    'never when it is for a domain of others',
    'http://shop.example/cart/',
    'a=1; Domain=other.example',
    undefined,
  ],
  [
    'never when it is for a whole suffix',
    'http://www.shop.example/',
    'a=1; Domain=example; Path=/',
    undefined,
  ],
  ['beside others', 'http://shop.example/cart/', ['a=1', 'b=2'], 'a=1; b=2'],
  ['as it was set last', 'http://shop.example/cart/', ['a=1', 'a=2'], 'a=2'],
  ['never when it is nonsense', 'http://shop.example/cart/', ['=', '', ';'], undefined],
  ['never when it is too large', 'http://shop.example/cart/', `a=${'x'.repeat(5_000)}`, undefined],
])('sends a cookie %s', async (_when, next, setCookie, expected) => {
  expect(await cookiesOf(next, setCookie)).toBe(expected);
});

test('sets a cookie from an answer that was cut', async () => {
  site = await startHttpSite((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': '9', 'set-cookie': 'a=1' });
    response.write('half', () => response.destroy());
  });
  expect(summarize(await walkSite(site.url))).toEqual([
    'GET /: failed, closed the connection in the middle of its answer',
  ]);
});

test('forgets the oldest of too many cookies', async () => {
  const many = Array.from({ length: 250 }, (_, index) => `c${index}=1`);
  const sent = (await cookiesOf('http://shop.example/cart/', many))?.split('; ') ?? [];
  expect(sent).toHaveLength(200);
  expect(sent).toContain('c249=1');
  expect(sent).not.toContain('c49=1');
});
