import { afterEach, expect, test } from '@jest/globals';
import type { ParseStylesheet } from '../../../../server/runner/link-walker/assets/stylesheet-loads.ts';
import type { Asset, AssetKind } from '../../../../server/runner/link-walker/parse-page.ts';
import { type Site, type SitePage, startSite } from '../../../helpers/network/site.ts';
import { checkAssets } from '../../../helpers/runner/walker-parts.ts';

let site: Site;

afterEach(() => site.stop());

const KINDS: Readonly<Record<string, AssetKind>> = { css: 'style', png: 'image', woff2: 'font' };

/** Reads lines with a path each: what is found in CSS is tested elsewhere. */
const parseLines: ParseStylesheet = async (css, url) => ({
  assets: css.split('\n').flatMap((path): Asset[] => {
    const kind = KINDS[path.split('.').at(-1) ?? ''];
    return kind === undefined ? [] : [{ kind, href: new URL(path, url).href }];
  }),
  leftOut: css.includes('left out') ? 3 : 0,
});

async function checkStyles(pages: Record<string, SitePage>, limits = {}) {
  site = await startSite(pages);
  const styles: Asset[] = [
    { kind: 'style', href: '/app.css' },
    { kind: 'style', href: '/other.css' },
  ];
  const report = await checkAssets(site.url, styles, { parseStylesheet: parseLines, limits });
  return { ...report, failures: report.failures.map(({ text }) => text) };
}

test('fetches what stylesheets load, each once, and names the stylesheet', async () => {
  const { failures, unseen } = await checkStyles({
    '/app.css': 'css/part.css\n/gone.png',
    '/css/part.css': '../gone.woff2\nthere.png\n/app.css',
    '/css/there.png': 'png',
    '/other.css': '/gone.png\n/css/there.png',
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

test('finds what a stylesheet loads relative to where it was found', async () => {
  const { failures } = await checkStyles({
    '/app.css': { status: 302, headers: { location: '/v2/app.css' } },
    '/v2/app.css': 'gone.png',
    '/other.css': '',
  });
  expect(failures).toEqual(['image /v2/gone.png responded 404 Not Found; loaded by style /app.css']);
});

test('counts what it left out: imports that are too deep, and what could not be read', async () => {
  const imports = Array.from({ length: 9 }, (_, index) => [`/${index}.css`, `/${index + 1}.css`]);
  const { leftOut, failures } = await checkStyles({
    ...Object.fromEntries(imports),
    '/app.css': '/0.css',
    '/other.css': 'left out',
  });
  expect({ leftOut, failures }).toEqual({ leftOut: 4, failures: [] });
  expect(site.requests).toHaveLength(7);
});

test('does not look for what a page loads that was sent instead of a stylesheet', async () => {
  const { failures } = await checkStyles({
    '/app.css': '<html>\n/gone.png',
    '/other.css': '',
  });
  expect(failures).toEqual(['style /app.css is HTML (text/css), not CSS']);
});
