import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBrowser, type TestBrowser, type Visit } from '../../../helpers/browser/browser.ts';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';
import { ASSET_CASES, answerCases } from '../../../helpers/runner/asset-cases.ts';

/** What the table of cases says of a browser is so in a real one. */
let site: RawSite;
let browser: TestBrowser;
let visit: Visit;

const ELEMENTS: Readonly<Record<string, (src: string) => string>> = {
  script: (src) => `<script src="${src}"></script>`,
  module: (src) => `<script type="module" src="${src}"></script>`,
  style: (src) => `<link rel="stylesheet" href="${src}">`,
  image: (src) => `<img src="${src}" onload="window.started = true">`,
};

const CASES = ASSET_CASES.map((each, index) => ({ ...each, index })).filter(
  ({ kind, isOurs = false }) => ELEMENTS[kind] !== undefined && !isOurs,
);

beforeAll(async () => {
  site = await startHttpSite(
    answerCases(({ url = '' }, response) => {
      const [, kind = '', index = ''] = /^\/page\/(\w+)\/(\d+)$/.exec(url) ?? [];
      const element = ELEMENTS[kind]?.(`/${index}`) ?? '';
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><body>${element}</body>`);
    }),
  );
  browser = await startBrowser();
  visit = await browser.open({ server: site });
});

afterAll(async () => {
  await browser.stop();
  await site.stop();
});

test.each(CASES)(
  'Chromium takes $kind $index ($type, nosniff: $nosniff) unless it $reason',
  async (given) => {
    const { page } = visit;
    await page.goto(`${site.url}/page/${given.kind}/${given.index}`, { waitUntil: 'load' });
    const isTaken = await page.evaluate(
      'window.started === true || getComputedStyle(document.body).color === "rgb(1, 2, 3)"',
    );
    expect(isTaken).toBe(given.reason === undefined);
  },
);
