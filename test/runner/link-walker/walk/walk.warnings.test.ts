import { afterEach, expect, test } from '@jest/globals';
import { startHttpSite } from '../../../helpers/network/raw-site.ts';
import { startSite } from '../../../helpers/network/site.ts';
import { summarize, walkWholeSite } from '../../../helpers/network/walk-site.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** `limits` has the paths that answer `429`, with how often. */
async function startBusySite(limits: Record<string, number>, body: string) {
  const left = new Map(Object.entries(limits));
  const site = await startHttpSite((request, response) => {
    const path = request.url ?? '';
    const refusals = left.get(path) ?? 0;
    left.set(path, refusals - 1);
    if (refusals > 0) {
      response.writeHead(429, { 'retry-after': '0' }).end();
    } else {
      response.writeHead(200, { 'content-type': 'text/html' }).end(path === '/' ? body : 'x');
    }
  });
  stops.push(() => site.stop());
  return site;
}

test('warns that requests were sent again, and passes', async () => {
  const site = await startBusySite({ '/': 1, '/a': 2 }, '<a href="/a">x</a>');
  const { flows, warnings, incomplete } = await walkWholeSite(site.url);
  expect(summarize(flows)).toEqual(['GET /: passed', 'GET /a: passed']);
  expect(warnings).toEqual([expect.stringMatching(/429/)]);
  expect(incomplete).toBeNull();
});

test('is incomplete if a page is answered 429 to the end, with any settings', async () => {
  const site = await startBusySite({ '/a': 1_000, '/b.png': 1_000 }, '<a href="/a">x</a><a href="/c">x</a>');
  const { flows, incomplete } = await walkWholeSite(site.url, {
    page_timeout_seconds: 1,
    requests_at_once: 2,
    max_pages: 100,
  });
  expect(summarize(flows).toSorted()).toEqual([
    'GET /: passed',
    'GET /a: skipped, responded 429 Too Many Requests, also when it was requested again',
    'GET /c: passed',
  ]);
  expect(incomplete).toEqual({
    reason: 'rate_limit',
    left: 1,
    message:
      "The app answered 429 Too Many Requests until the time of the pages was over: 1 page that it knows of was not checked. Set requests_at_once in the app's check settings to a smaller number, or let the app accept more requests from the check.",
  });
});

test('fails if the home page itself is answered 429 to the end', async () => {
  const site = await startBusySite({ '/': 1_000 }, '');
  const { flows } = await walkWholeSite(site.url, { page_timeout_seconds: 1 });
  expect(summarize(flows)).toEqual(['GET /: failed, responded 429 Too Many Requests']);
});

test('names three of many files that are too large, and counts the others', async () => {
  const images = Array.from({ length: 6 }, (_, index) => `/${index}.png`);
  const site = await startSite({
    '/': `<a href="/">x</a>${images.map((src) => `<img src="${src}">`).join('')}`,
    ...Object.fromEntries(images.map((src) => [src, 'x'.repeat(200_000)])),
  });
  stops.push(() => site.stop());
  const { warnings } = await walkWholeSite(site.url, { limits: { assetBytes: 102_400 } });
  const large = warnings.filter((warning) => warning.startsWith('image '));
  expect(large).toHaveLength(3);
  expect(warnings.at(-1)).toBe('The same is true of 3 more images, scripts and styles.');
});
