import { expect, test } from '@jest/globals';
import type { Site } from '../../../helpers/network/site.ts';
import { startSites } from '../../../helpers/network/sites-of-tests.ts';
import { summarize, walkSite } from '../../../helpers/network/walk-site.ts';

const start = startSites();

const page = (...hrefs: string[]) => hrefs.map((href) => `<a href="${href}">x</a>`).join('');

/** `/slow` and `/quick` link to different pages, of which a limit of 5 pages leaves room for two. */
function startRace(delays: { slowMs: number; quickMs: number }): Promise<Site> {
  return start({
    '/': page('/slow', '/quick'),
    '/slow': { body: page('/a', '/missing'), delayMs: delays.slowMs },
    '/quick': { body: page('/missing', '/b', '/c'), delayMs: delays.quickMs },
    '/a': 'x',
    '/b': 'x',
    '/c': 'x',
  });
}

test.each([
  { slowMs: 150, quickMs: 0 },
  { slowMs: 0, quickMs: 150 },
])(
  'opens the same pages and names the same linking page, whichever page answers first: %j',
  async (delays) => {
    const site = await startRace(delays);
    expect(summarize(await walkSite(site.url, { max_pages: 5 })).toSorted()).toEqual([
      'GET /: passed',
      'GET /a: passed',
      'GET /missing: failed, responded 404 Not Found; linked from /slow',
      'GET /quick: passed',
      'GET /slow: passed',
    ]);
  },
);

test('continues with the next level while a page of this level has not answered', async () => {
  const { promise: hasFarAnswered, resolve } = Promise.withResolvers<void>();
  const site = await start({
    '/': page('/first', '/slow'),
    '/first': page('/next'),
    '/next': page('/far'),
    '/far': 'x',
    '/slow': { body: page('/last'), until: hasFarAnswered },
    '/last': 'x',
  });
  const walking = walkSite(site.url);
  // `/next` is claimed by `/first`, which comes before the slow page.
  while (!site.requests.includes('GET /next')) {
    await new Promise((next) => setTimeout(next, 10));
  }
  resolve();
  expect((await walking).map(({ name }) => name).toSorted()).toEqual([
    'GET /',
    'GET /far',
    'GET /first',
    'GET /last',
    'GET /next',
    'GET /slow',
  ]);
});

test('does not hold back the flows of pages behind one that has not answered', async () => {
  const { promise: never } = Promise.withResolvers<void>();
  const hrefs = Array.from({ length: 30 }, (_, index) => `/p${index}`);
  const site = await start({
    '/': page('/slow', ...hrefs),
    '/slow': { body: 'x', until: never },
    ...Object.fromEntries(hrefs.map((href) => [href, page('/')])),
  });
  const flows = await walkSite(site.url, { page_timeout_seconds: 1 });
  expect(flows).toHaveLength(32);
  expect(flows.at(-1)?.name).toBe('GET /slow');
});
