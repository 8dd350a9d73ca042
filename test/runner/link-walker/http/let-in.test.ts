import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CheckSettings } from '../../../../server/runner/contract.ts';
import { fetchPage } from '../../../../server/runner/link-walker/http/fetch-page.ts';
import type { HttpClient } from '../../../../server/runner/link-walker/http/http-client.ts';
import { createLinkWalker } from '../../../../server/runner/link-walker/link-walker.ts';
import { readLimits } from '../../../../server/runner/link-walker/walk/read-limits.ts';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';
import { createTarget } from '../../../helpers/network/walk-site.ts';
import { flowsOf } from '../../../helpers/runner/flows-of.ts';
import { LOOPBACK, openClient } from '../../../helpers/runner/walker-parts.ts';

const SETTINGS: CheckSettings = {
  headers: { 'X-Preview-Token': 'hush', Cookie: 'given=1' },
  basic_auth: { username: 'ada', password: 'pässword' },
  user_agent_suffix: 'shop-ci/1',
};

interface Seen {
  readonly host: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

let site: RawSite;
let client: HttpClient | undefined;
let seen: Seen[];

beforeEach(async () => {
  seen = [];
  site = await startHttpSite(({ url = '', headers }, response) => {
    seen.push({ host: headers.host?.split(':')[0] ?? '', headers });
    const [, to] = /^\/to\/(.*)/.exec(url) ?? [];
    const location = to === undefined ? {} : { location: `http://${to}:${site.port}/` };
    response.writeHead(to === undefined ? 200 : 302, { ...location, 'content-type': 'text/html' }).end('x');
  });
});

afterEach(async () => {
  await client?.close();
  client = undefined;
  await site.stop();
});

const at = (host: string, path = '/') => new URL(`http://${host}:${site.port}${path}`);

/** Opens pages of the app at `http://shop.example` with `SETTINGS`, the first as its own URL. */
async function open(urls: readonly URL[], access: CheckSettings = SETTINGS): Promise<void> {
  client = openClient({ appUrl: at('shop.example'), access });
  const signal = new AbortController().signal;
  for (const [index, url] of urls.entries()) {
    const options = { client, signal, limits: readLimits({}), origin: null, isHome: index === 0 };
    expect(await fetchPage(url, options)).toMatchObject({ kind: 'page' });
  }
}

const authorizations = () => seen.map(({ host, headers }) => [host, headers.authorization !== undefined]);

test('sends headers, credentials and the suffix to the origin of the app', async () => {
  await open([at('shop.example')]);
  expect(seen[0]?.headers).toMatchObject({
    'x-preview-token': 'hush',
    cookie: 'given=1',
    authorization: `Basic ${Buffer.from('ada:pässword').toString('base64')}`,
    'user-agent': 'Qassandra/0.1 (+https://qassandra.com) shop-ci/1',
  });
});

test('sends access headers in the whole walk, beginning with the redirect of the app’s URL', async () => {
  const walked = await startHttpSite(({ url, headers }, response) => {
    seen.push({ host: headers.host?.split(':')[0] ?? '', headers });
    const isFirst = headers.host?.startsWith('shop.example') === true;
    const location = isFirst ? { location: `http://www.shop.example:${walked.port}/` } : {};
    response.writeHead(isFirst ? 302 : 200, { ...location, 'content-type': 'text/html' });
    response.end(url === '/' ? '<a href="/next">x</a>' : 'x');
  });
  const walker = createLinkWalker({ policy: LOOPBACK });
  const target = createTarget(`http://shop.example:${walked.port}`, SETTINGS);
  const names: string[] = [];
  for await (const { name } of flowsOf(walker.run(target, { signal: new AbortController().signal }))) {
    names.push(name);
  }
  await walked.stop();
  expect(names).toEqual(['GET /', 'GET /next']);
  expect(authorizations()).toEqual([
    ['shop.example', true],
    ['www.shop.example', true],
    ['www.shop.example', true],
  ]);
});

test('sends none of them to other origins, not even across a redirect', async () => {
  await open([
    at('shop.example', '/to/other.example'),
    at('shop.example', '/to/cdn.example'),
    at('www.shop.example'),
  ]);
  expect(authorizations()).toEqual([
    ['shop.example', true],
    ['other.example', false],
    ['shop.example', true],
    ['cdn.example', false],
    ['www.shop.example', false],
  ]);
  expect(JSON.stringify(seen.filter(({ host }) => host !== 'shop.example'))).not.toMatch(
    /hush|given|shop-ci/,
  );
});

test('sends them to an origin of the same site if the app’s URL redirects there', async () => {
  await open([at('shop.example', '/to/www.shop.example'), at('www.shop.example', '/page')]);
  expect(authorizations()).toEqual([
    ['shop.example', true],
    ['www.shop.example', true],
    ['www.shop.example', true],
  ]);
});

test('does not treat an origin as the app’s because another page redirects to it', async () => {
  await open([at('shop.example'), at('shop.example', '/to/www.shop.example'), at('www.shop.example')]);
  expect(authorizations().at(-1)).toEqual(['www.shop.example', false]);
});

test.each([
  ['http://a.vercel.app/', 'http://b.vercel.app/', false],
  ['http://a.shop.example/', 'http://b.shop.example/', true],
  ['http://shop.example/', 'https://shop.example/', true],
  ['https://shop.example/', 'https://www.shop.example/', true],
  ['https://shop.example/', 'http://shop.example/', false],
  ['http://shop.example/', 'http://shop.example:8080/', false],
  ['http://127.0.0.1/', 'http://127.0.0.2/', false],
  ['http://localhost/', 'http://intranet/', false],
  ['http://co.uk/', 'http://shop.co.uk/', false],
])('decides whether a redirect from %s to %s keeps the access headers: %s', async (from, to, isOwn) => {
  client = openClient({ appUrl: new URL(from), access: SETTINGS });
  const { access } = client;
  await access.followHome(new URL(from), new URL(to));
  expect('authorization' in access.headersFor(new URL(to))).toBe(isOwn);
  expect('authorization' in access.headersFor(new URL(from))).toBe(true);
});

test('leaves out headers that would break a request', async () => {
  const headers = {
    Host: 'other.example',
    'Content-Length': '5',
    'transfer-encoding': 'chunked',
    Connection: 'close',
    'Proxy-Authorization': 'x',
    Range: 'bytes=0-1',
    'not a name': 'x',
    'X-Lines': 'a\r\nX-Other: b',
    'X-Umlaut': 'ü',
  };
  await open([at('shop.example')], { headers });
  const [{ host, headers: sent } = { host: '', headers: {} }] = seen;
  expect(host).toBe('shop.example');
  expect(Object.keys(sent).toSorted()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
    'x-umlaut',
  ]);
  expect(Buffer.from(String(sent['x-umlaut']), 'latin1').toString()).toBe('ü');
  expect(sent.connection).toBe('keep-alive');
});
