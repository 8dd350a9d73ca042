import { afterEach, expect, test } from '@jest/globals';
import type { Asset } from '../../../../server/runner/link-walker/parse-page.ts';
import { type Site, type SitePage, startSite } from '../../../helpers/network/site.ts';
import { type CheckAssetsOptions, checkAssets } from '../../../helpers/runner/walker-parts.ts';

let site: Site;

afterEach(() => site.stop());

async function checkStyles(pages: Record<string, SitePage>, options: CheckAssetsOptions = {}) {
  site = await startSite(pages);
  const styles: Asset[] = [
    { kind: 'style', href: '/app.css' },
    { kind: 'style', href: '/other.css' },
  ];
  const report = await checkAssets(site.url, styles, options);
  return { ...report, failures: report.failures.map(({ text }) => text) };
}

test('fetches what stylesheets load, each once, and names the stylesheet', async () => {
  const { failures, unseen } = await checkStyles({
    '/app.css': '@import "css/part.css"; a { background: url(/gone.png) }',
    '/css/part.css': `@import '/app.css'; @font-face { src: url(../gone.woff2) }
      a { background: url(there.png) }`,
    '/css/there.png': 'png',
    '/other.css': 'a { background: url(/gone.png), url(/css/there.png) }',
  });
  expect({ failures, unseen }).toEqual({
    failures: [
      'image /gone.png responded 404 Not Found; loaded by style /app.css',
      'font /gone.woff2 responded 404 Not Found; loaded by style /css/part.css',
    ],
    unseen: 0,
  });
  expect(site.requests.toSorted()).toEqual(
    ['app.css', 'css/part.css', 'css/there.png', 'gone.png', 'gone.woff2', 'other.css'].map(
      (path) => `GET /${path}`,
    ),
  );
});

test('finds what a stylesheet loads relative to the stylesheet’s final address', async () => {
  const { failures } = await checkStyles({
    '/app.css': { status: 302, headers: { location: '/v2/app.css' } },
    '/v2/app.css': 'a { background: url(gone.png) }',
    '/other.css': '',
  });
  expect(failures).toEqual(['image /v2/gone.png responded 404 Not Found; loaded by style /app.css']);
});

test('reads a stylesheet that names no charset by that of its page, and its imports by its own', async () => {
  // `て` in ISO-2022-JP, whose bytes are all ASCII.
  const te = '\x1b$B$F\x1b(B';
  const { failures } = await checkStyles(
    {
      '/app.css': `@import "utf-8.css"; @import "named.css"; a { background: url(/${te}.png) }`,
      '/utf-8.css': {
        headers: { 'content-type': 'text/css; charset=utf-8' },
        body: '@import "within-utf-8.css"',
      },
      '/within-utf-8.css': 'a { background: url(/é.png) }',
      '/named.css': `a { background: url(/named/${te}.png) }`,
      '/other.css': '',
    },
    { charset: 'iso-2022-jp' },
  );
  expect(failures).toEqual([
    'image /%E3%81%A6.png responded 404 Not Found; loaded by style /app.css',
    'image /named/%E3%81%A6.png responded 404 Not Found; loaded by style /named.css',
    'image /%C3%A9.png responded 404 Not Found; loaded by style /within-utf-8.css',
  ]);
});

test('counts imports that are too deep, and stylesheets that could not be read', async () => {
  const imports = Array.from({ length: 9 }, (_, index) => [`/${index}.css`, `@import '/${index + 1}.css'`]);
  const { leftOut, failures } = await checkStyles({
    ...Object.fromEntries(imports),
    '/app.css': '@import "/0.css"',
    '/other.css': `a { background: url(/${'x'.repeat(9_000)}) }`,
  });
  expect({ leftOut, failures }).toEqual({ leftOut: 2, failures: [] });
  expect(site.requests).toHaveLength(7);
});

test('looks at 5,000 files that the stylesheets of a page load, and counts the others', async () => {
  const list = (name: string) => Array.from({ length: 3_000 }, (_, index) => `url(/${name}?${index})`).join();
  const { leftOut, failures } = await checkStyles({
    '/app.css': `a { background: ${list('a.png')} }`,
    '/other.css': `a { background: ${list('b.png')} }`,
    '/a.png': 'png',
    '/b.png': 'png',
  });
  expect({ leftOut, failures }).toEqual({ leftOut: 1_000, failures: [] });
  expect(site.requests).toHaveLength(5_002);
}, 90_000);

test('does not look for assets in a page that was sent instead of a stylesheet', async () => {
  const { failures } = await checkStyles({
    '/app.css': '<html><style>a { background: url(/gone.png) }</style>',
    '/other.css': '',
  });
  expect(failures).toEqual(['style /app.css is HTML (text/css), not CSS']);
});
