import { Buffer } from 'node:buffer';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { decodeHtml } from '../../../server/runner/link-walker/http/decode-html.ts';
import { type RawSite, startHttpSite } from '../../helpers/network/raw-site.ts';
import { summarize, walkSite } from '../../helpers/network/walk-site.ts';

const sites: RawSite[] = [];

async function start(listener: Parameters<typeof startHttpSite>[0]): Promise<RawSite> {
  const site = await startHttpSite(listener);
  sites.push(site);
  return site;
}

afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

const HOME = '<a href="/next">x</a>';

const GZIPPED = gzipSync(HOME);
/** With a name and a comment, as `gzip` writes it. */
const NAMED = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 3, 2, 0, 65, 66]),
  Buffer.from('index.html\0comment\0\xff\xff', 'latin1'),
  GZIPPED.subarray(10),
]);

test.each([
  ['gzip', GZIPPED],
  ['gzip with its name', NAMED],
  ['gzip with bytes after it', Buffer.concat([GZIPPED, Buffer.from('trailing')])],
  ['gzip without its checksum', GZIPPED.subarray(0, -8)],
  ['deflate without its header', deflateRawSync(HOME)],
  ['none', Buffer.from(HOME)],
  ['UTF-8', Buffer.from(HOME)],
  ['compress', Buffer.from(HOME)],
  ['gzip, none', Buffer.from(HOME)],
  ['X-GZip', gzipSync(HOME)],
  ['br', brotliCompressSync(HOME)],
  ['zstd', zstdCompressSync(HOME)],
  ['deflate', deflateSync(HOME)],
  ['deflate, gzip', gzipSync(deflateSync(HOME))],
  ['identity', Buffer.from(HOME)],
])('reads a page compressed as %s', async (encoding, body) => {
  const site = await start((_request, response) => {
    const name = encoding.replace(/ with.*/, '');
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': name });
    // In two parts, between which the header of the file may end.
    response.write(body.subarray(0, 5));
    setTimeout(() => response.end(body.subarray(5)), 10);
  });
  expect((await walkSite(site.url)).map(({ name }) => name)).toEqual(['GET /', 'GET /next']);
});

test('sends its name, and the encodings it can read', async () => {
  const seen: unknown[] = [];
  const site = await start((request, response) => {
    seen.push(request.headers['user-agent'], request.headers['accept-encoding'], request.method);
    response.end('Hello');
  });
  await walkSite(site.url);
  expect(seen).toEqual(['Qassandra/0.1 (+https://qassandra.com)', 'gzip, br, zstd, deflate', 'GET']);
});

test('looks at the first 2 MB of a larger page, and does not read the rest', async () => {
  let written = 0;
  const site = await start((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    if (request.url !== '/') {
      return void response.end('x');
    }
    response.write(HOME);
    const block = Buffer.alloc(64 * 1024, ' ');
    const more = () => {
      while (!response.destroyed && response.write(block)) {
        written += block.length;
      }
    };
    response.on('drain', more);
    more();
  });
  const flows = await walkSite(site.url);

  expect(summarize(flows)).toEqual(['GET /: passed', 'GET /next: passed']);
  expect(written).toBeLessThan(32 * 1024 * 1024);
});

test('cuts a compression bomb at the limit', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from(HOME), Buffer.alloc(192 * 1024 * 1024, ' ')]));
  const site = await start((request, response) => {
    const headers = { 'content-type': 'text/html', 'content-encoding': 'gzip' };
    if (request.url === '/') {
      response.writeHead(200, headers).end(bomb);
    } else {
      response.end('x');
    }
  });
  const before = process.memoryUsage.rss();
  const flows = await walkSite(site.url);

  expect(summarize(flows)).toEqual(['GET /: passed', 'GET /next: passed']);
  expect(process.memoryUsage.rss() - before).toBeLessThan(96 * 1024 * 1024);
});

test.each([
  ['the header', 'text/html; charset=windows-1252', `<a href="/caf\u00e9">x</a>`],
  ['a meta element', 'text/html', `<meta charset="ISO-8859-1"><a href="/caf\u00e9">x</a>`],
  [
    'the longer meta element',
    'text/html',
    `<meta http-equiv=Content-Type content="text/html; charset=latin1"><a href="/caf\u00e9">x</a>`,
  ],
])('reads a page in the charset that %s names', async (_from, contentType, html) => {
  const site = await start((_request, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(Buffer.from(html, 'latin1'));
  });
  expect((await walkSite(site.url)).map(({ name }) => name)).toContain('GET /caf%C3%A9');
});

test('reads an unknown charset as UTF-8', async () => {
  const site = await start((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=klingon' }).end('<a href="/café">x</a>');
  });
  expect((await walkSite(site.url)).map(({ name }) => name)).toContain('GET /caf%C3%A9');
});

test.each([
  ['utf-8', 'é', Buffer.from('é')],
  ['shift_jis', 'ソ', Buffer.from([0x83, 0x5c])],
])(
  'reads a character of %s that is split between two pieces of 64 KiB',
  async (charset, character, bytes) => {
    const characters = Buffer.concat(Array.from({ length: 50_000 }, () => bytes));
    const { html } = await decodeHtml(
      Buffer.concat([Buffer.from('odd'), characters]),
      `text/html; charset=${charset}`,
      new AbortController().signal,
    );
    expect(html === `odd${character.repeat(50_000)}`).toBe(true);
  },
);

test('stops decoding a page when its time is over', async () => {
  const pages = Array.from({ length: 20 }, () =>
    decodeHtml(Buffer.alloc(2 * 1024 * 1024, 0xff), 'text/html; charset=gb18030', AbortSignal.abort('over')),
  );
  await expect(Promise.all(pages)).rejects.toBe('over');
});

test('looks for links in XHTML and in pages without a type, but not in other types', async () => {
  const types: Record<string, string | undefined> = {
    '/': 'text/html',
    '/xhtml': 'application/xhtml+xml',
    '/untyped': undefined,
    '/json': 'application/json',
  };
  const site = await start((request, response) => {
    const path = request.url ?? '';
    const type = types[path];
    const hrefs = path === '/' ? Object.keys(types) : [`${path}/inner`];
    const headers = type === undefined ? {} : { 'content-type': type };
    response.writeHead(200, headers).end(hrefs.map((href) => `<a href="${href}">x</a>`).join(''));
  });
  const names = (await walkSite(site.url)).map(({ name }) => name);

  expect(names).toEqual(expect.arrayContaining(['GET /xhtml/inner', 'GET /untyped/inner']));
  expect(names).not.toContain('GET /json/inner');
});

test('does not take a page that sets a cookie and redirects to itself for a loop', async () => {
  const site = await start((request, response) => {
    if (request.url === '/' && request.headers.cookie === undefined) {
      response.writeHead(302, { location: '/', 'set-cookie': ['a=1; Path=/; HttpOnly', 'b=2'] }).end();
    } else {
      response.writeHead(200, { 'content-type': 'text/html' }).end(HOME);
    }
  });
  expect(summarize(await walkSite(site.url))).toEqual(['GET /: passed', 'GET /next: passed']);
});
