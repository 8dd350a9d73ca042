import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseStylesheet } from '../../../../server/runner/link-walker/css/parse-stylesheet.ts';
import { type Asset, parsePage } from '../../../../server/runner/link-walker/parse-page.ts';
import { startBrowser } from '../../../helpers/browser/browser.ts';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';
import type { BrowserRow } from './browser-row.ts';
import { CSS_ROWS } from './css-rows.ts';
import { ELEMENT_ROWS } from './element-rows.ts';

const ROWS = [...ELEMENT_ROWS, ...CSS_ROWS];

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const ANSWERS: Readonly<Record<string, { readonly type: string; readonly body: string | Buffer }>> = {
  css: { type: 'text/css', body: '' },
  js: { type: 'text/javascript', body: '' },
  json: { type: 'application/json', body: '{}' },
  svg: { type: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"><g id="x"/></svg>' },
  html: { type: 'text/html', body: '' },
  woff: { type: 'font/woff', body: readFont() },
  woff2: { type: 'font/woff2', body: readFont() },
};

let site: RawSite;
/** The paths that the browser requested for each row. */
let requested: readonly Set<string>[];

beforeAll(async () => {
  const paths = ROWS.map(() => new Set<string>());
  requested = paths;
  site = await startHttpSite((request, response) => {
    const [, index = '', path = ''] = /^\/(\d+)\/(.*)$/.exec(request.url ?? '') ?? [];
    const row = ROWS[Number(index)];
    if (index === '' || row === undefined) {
      const frames = ROWS.map((_row, at) => `<iframe src="/${at}/" width=200 height=50></iframe>`).join('');
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(frames);
    }
    if (path === '') {
      const type = { 'content-type': 'text/html; charset=utf-8' };
      return void response.writeHead(200, type).end(`<!doctype html>${row.page}`);
    }
    paths[Number(index)]?.add(path);
    const extension = /\.(\w+)(?:\?.*)?$/.exec(path)?.[1] ?? '';
    const { type, body } = ANSWERS[extension] ?? { type: 'image/gif', body: GIF };
    response.writeHead(200, { 'content-type': type }).end(row.files?.[path] ?? body);
  });
  await openInBrowser();
}, 120_000);

afterAll(() => site.stop());

/** Opens all pages at once, as frames of one. */
async function openInBrowser(): Promise<void> {
  const browser = await startBrowser();
  try {
    const { page, origin } = await browser.open({ server: site, height: 4_000 });
    await page.goto(origin, { waitUntil: 'networkidle' });
    const isMissing = () =>
      ROWS.some(({ both = '' }, at) => split(both).some((path) => !requested[at]?.has(path)));
    for (let tries = 0; tries < 100 && isMissing(); tries += 1) {
      await page.waitForTimeout(100);
    }
  } finally {
    await browser.stop();
  }
}

/** A font that is installed with the tests' tools: a browser tries the next file after one that it cannot read. */
function readFont(): Buffer {
  const folder = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  const assets = join(folder, 'lib/vite/recorder/assets');
  return readFileSync(join(assets, 'codicon-DCmgc-ay.ttf'));
}

function split(paths: string): string[] {
  return paths.split(' ').filter((path) => path !== '');
}

/** What the walker loads for a row. */
async function walk({ page, files = {}, hasFrames = false }: BrowserRow): Promise<string[]> {
  const { signal } = new AbortController();
  const folder = new URL('/row/', site.url);
  const { assets, links } = await parsePage(`<!doctype html>${page}`, folder, { signal });
  const found = new Set<string>();
  const add = async (loaded: readonly Asset[]): Promise<void> => {
    for (const { href, kind } of loaded) {
      const path = href.slice(folder.href.length);
      const css = kind === 'style' && !found.has(path) ? files[path] : undefined;
      found.add(path);
      if (css !== undefined) {
        await add((await parseStylesheet(css, new URL(href), signal)).assets);
      }
    }
  };
  await add(assets);
  return [...found, ...(hasFrames ? links.map(({ href }) => href.slice(folder.href.length)) : [])];
}

test.each(ROWS.map((row, index) => ({ ...row, index })))('$page', async (row) => {
  const { both = '', walkerAlone = '', browserAlone = '', browserMay = '', index } = row;
  const loaded = [...(requested[index] ?? [])].filter((path) => !split(browserMay).includes(path));
  expect({
    walker: (await walk(row)).toSorted(),
    browser: loaded.toSorted(),
  }).toEqual({
    walker: [...split(both), ...split(walkerAlone)].toSorted(),
    browser: [...split(both), ...split(browserAlone)].toSorted(),
  });
});
