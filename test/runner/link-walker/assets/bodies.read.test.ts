import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';
import { checkAssets } from '../../../helpers/runner/walker-parts.ts';

const sites: RawSite[] = [];

async function start(listener: RequestListener): Promise<RawSite> {
  const site = await startHttpSite(listener);
  sites.push(site);
  return site;
}

afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

const SCRIPT = 'window.started = true;'.repeat(10_000);
const JAVASCRIPT = { 'content-type': 'text/javascript' };

test.each<[string, RequestListener]>([
  [
    'closed the connection in the middle of its answer',
    (_request, response) => {
      response.writeHead(200, { ...JAVASCRIPT, 'content-length': SCRIPT.length + 1 });
      response.write(SCRIPT, () => response.destroy());
    },
  ],
  [
    'closed the connection in the middle of its answer',
    (_request, response) => {
      response.writeHead(200, JAVASCRIPT).write(SCRIPT, () => response.destroy());
    },
  ],
  [
    'sent a compressed body that is cut short (Z_BUF_ERROR)',
    (_request, response) => {
      const half = gzipSync(SCRIPT).subarray(0, 300);
      response.writeHead(200, { ...JAVASCRIPT, 'content-encoding': 'gzip' }).end(half);
    },
  ],
])('fails a script that is cut short after its first 64 KiB: it %s', async (reason, listener) => {
  const site = await start(listener);
  const { failures } = await checkAssets(site.url, [{ kind: 'script', href: '/app.js' }]);
  const text = `script /app.js ${reason}`;
  expect(failures).toEqual([{ text, cause: text }]);
});

test('accepts for each kind what browsers accept, so that no server answers a page instead', async () => {
  const accepted: unknown[] = [];
  const site = await start(({ headers }, response) => {
    accepted.push(headers.accept);
    response.writeHead(200, JAVASCRIPT).end(SCRIPT);
  });
  await checkAssets(site.url, [{ kind: 'module', href: '/app.js' }]);
  await checkAssets(site.url, [{ kind: 'style', href: '/app.css' }]);
  expect(accepted).toEqual(['*/*', 'text/css,*/*;q=0.1']);
});

test('warns once of a file that is larger than the limit', async () => {
  const site = await start((_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(1024 * 1024 + 1));
  });
  const limits = { assetBytes: 1024 * 1024 };
  const assets = [
    { kind: 'image', href: '/large.png' },
    { kind: 'preload', href: '/large.png' },
  ] as const;
  expect(await checkAssets(site.url, assets, { limits })).toEqual({
    failures: [],
    unseen: 0,
    rateLimited: 0,
    leftOut: 0,
    warnings: ['image /large.png has more than 1 MiB, and the rest was not read.'],
  });
  expect((await checkAssets(site.url, assets, { limits: {} })).warnings).toEqual([]);
});

test.each([
  ['image', [], ['image /camera was still arriving after 1 s.']],
  ['script', ['script /camera did not answer within 1 s'], []],
] as const)('judges an endless %s', async (kind, failures, warnings) => {
  const site = await start((_request, response) => {
    response.writeHead(200, { 'content-type': kind === 'image' ? 'image/jpeg' : 'text/javascript' });
    response.write(Buffer.alloc(80 * 1024, ' '));
  });
  const report = await checkAssets(site.url, [{ kind, href: '/camera' }], { limits: { pageMs: 1_000 } });
  expect({ ...report, failures: report.failures.map(({ text }) => text) }).toMatchObject({
    failures,
    warnings,
  });
});

test.each([206, 200])(
  'asks for the beginning of a film, and reads no more of it when the server sends it all (%i)',
  async (status) => {
    const ranges: unknown[] = [];
    let written = 0;
    const site = await start((request, response) => {
      ranges.push(request.headers.range);
      response.writeHead(status, { 'content-type': 'video/mp4' });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) {
          written += 1;
        }
      };
      response.on('drain', more);
      more();
    });
    const report = await checkAssets(site.url, [{ kind: 'media', href: '/film.mp4' }]);
    expect(report).toMatchObject({ failures: [], warnings: [], unseen: 0 });
    expect(ranges).toEqual(['bytes=0-65535']);
    expect(written).toBeLessThan(400);
  },
);

const digest = (algorithm: string, text = SCRIPT) =>
  `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`;
const WRONG = 'does not match its integrity attribute';

test.each([
  ['one right digest', digest('sha256'), null],
  ['a right digest with an option', `${digest('sha384')}?ct=text/javascript`, null],
  ['a right digest as base64url', digest('sha512').replaceAll('+', '-').replaceAll('/', '_'), null],
  ['a right one among wrong ones', ` ${digest('sha256', 'x')}\n${digest('sha256')} `, null],
  ['an algorithm that browsers do not know', 'md5-abc sha1-def', null],
  ['nothing', '', null],
  ['a wrong digest', digest('sha256', 'x'), WRONG],
  [
    'a right digest, and a wrong one of a stronger algorithm',
    `${digest('sha256')} ${digest('sha384', 'x')}`,
    WRONG,
  ],
  [
    'a wrong digest, and a right one of a stronger algorithm',
    `${digest('sha256', 'x')} ${digest('sha512')}`,
    null,
  ],
])('judges an integrity attribute with %s', async (_what, integrity, reason) => {
  const site = await start((_request, response) => {
    response.writeHead(200, { ...JAVASCRIPT, 'content-encoding': 'gzip' }).end(gzipSync(SCRIPT));
  });
  const { failures } = await checkAssets(site.url, [{ kind: 'module', href: '/app.js', integrity }]);
  expect(failures.map(({ text }) => text)).toEqual(reason === null ? [] : [`script /app.js ${reason}`]);
});
