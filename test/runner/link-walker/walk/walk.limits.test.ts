import { expect, test } from '@jest/globals';
import { startSites } from '../../../helpers/network/sites-of-tests.ts';
import { walkWholeSite } from '../../../helpers/network/walk-site.ts';

const start = startSites();

const page = (...hrefs: string[]) => `<p>Hello</p>${hrefs.map((href) => `<a href="${href}">x</a>`).join('')}`;
const list = (count: number, name = '/p') => Array.from({ length: count }, (_, index) => `${name}${index}`);
const names = ({ flows }: { flows: readonly { name: string }[] }) => flows.map(({ name }) => name).toSorted();

/** A home page with links to ten pages, which all link to the same three. */
const startTen = () =>
  start({
    '/': page(...list(10), '/p0#a', '/p0?utm_source=x', '#top'),
    ...Object.fromEntries(list(10).map((href) => [href, page('/', '/q0', '/q1', '/q2')])),
    ...Object.fromEntries(list(3, '/q').map((href) => [href, page('/')])),
  });

test('looks at all pages of a site that keeps within the default limits', async () => {
  const depth = 60;
  const site = await start(
    Object.fromEntries(
      Array.from({ length: depth }, (_, index) => [index === 0 ? '/' : `/${index}`, page(`/${index + 1}`)]),
    ),
  );
  const walked = await walkWholeSite(site.url);
  expect(walked.flows).toHaveLength(depth + 1);
  expect(walked).toMatchObject({ warnings: [], incomplete: null });
});

test('is incomplete when it stops at the default number of pages, and says how many are left', async () => {
  const site = await startTen();
  const { flows, warnings, incomplete } = await walkWholeSite(site.url, { limits: { pages: 6 } });
  expect(flows).toHaveLength(6);
  expect(warnings).toEqual([]);
  // The other five of the ten pages, and the three that those link to.
  expect(incomplete).toEqual({
    reason: 'page_limit',
    left: 8,
    message:
      "The check stopped at 6 pages, the default limit: 8 pages that it knows of were not checked. Exclude pages that need no check, or set your own limit (max_pages) in the app's check settings. A check that reaches your own limit is complete.",
  });
});

test('opens only the first pages, in the order of their links', async () => {
  const site = await startTen();
  const walked = await walkWholeSite(site.url, { max_pages: 6 });
  expect(names(walked)).toEqual(['GET /', 'GET /p0', 'GET /p1', 'GET /p2', 'GET /p3', 'GET /p4']);
  expect(site.requests.toSorted()).toEqual(names(walked));
});

test('warns when it stops at the number of pages in the settings', async () => {
  const site = await startTen();
  const { warnings, incomplete } = await walkWholeSite(site.url, { max_pages: 13 });
  expect({ warnings, incomplete }).toEqual({
    warnings: [
      "The check was limited to 13 pages by the app's settings: 1 page that it knows of was not checked.",
    ],
    incomplete: null,
  });
});

test('does not count fragments, tracking parameters and repeated links against the limit', async () => {
  const site = await startTen();
  expect(await walkWholeSite(site.url, { max_pages: 14 })).toMatchObject({ warnings: [], incomplete: null });
});

test.each([
  [1, 11, '1 link', '3 pages that it knows of were'],
  [0, 1, '0 links', '10 pages that it knows of were'],
])('follows links to the depth of %d in the settings', async (max_depth, opened, links, left) => {
  const site = await startTen();
  const { flows, warnings, incomplete } = await walkWholeSite(site.url, { max_depth });
  expect(flows).toHaveLength(opened);
  expect({ warnings, incomplete }).toEqual({
    warnings: [
      `The check was limited to ${links} from the app's URL by the app's settings: ${left} not checked.`,
    ],
    incomplete: null,
  });
});

test('opens as many pages at once as the settings allow', async () => {
  const site = await start({
    '/': page(...list(9)),
    ...Object.fromEntries(list(9).map((href) => [href, { body: 'x', delayMs: 50 }])),
  });
  await walkWholeSite(site.url, { requests_at_once: 2 });
  expect(site.mostAtOnce()).toBe(2);
});

test('gives a page the time of the settings', async () => {
  const site = await start({ '/': page('/never'), '/never': { until: new Promise(() => {}) } });
  const { flows } = await walkWholeSite(site.url, { page_timeout_seconds: 0.4 });
  expect(flows.map(({ error }) => error)).toEqual([null, 'did not answer within 0.4 s; linked from /']);
});
