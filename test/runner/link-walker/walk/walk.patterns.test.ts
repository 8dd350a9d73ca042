import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Site, startSite } from '../../../helpers/network/site.ts';
import { summarize, walkWholeSite } from '../../../helpers/network/walk-site.ts';

const page = (...hrefs: string[]) => hrefs.map((href) => `<a href="${href}">x</a>`).join('');
let site: Site;

beforeEach(async () => {
  site = await startSite({
    '/': page('/docs/a', '/docs/b', '/blog/1', '/logout?from=home', '/users/7/delete', '/docs/a#x'),
    '/docs/a': page('/logout?from=home', '/docs/c'),
    '/docs/b': 'x',
    '/docs/c': 'x',
    '/blog/1': page('/blog/2'),
    '/blog/2': 'x',
    '/logout': 'Goodbye',
    '/users/7/delete': 'Deleted',
  });
});
afterEach(() => site.stop());

test('does not follow log-out and delete links, and says so once for each', async () => {
  const { flows, warnings, incomplete } = await walkWholeSite(site.url);
  expect(flows).toHaveLength(6);
  expect(site.requests.filter((request) => /logout|delete/.test(request))).toEqual([]);
  expect(warnings).toEqual([
    "2 links were not followed because they look like log-out or delete links: /logout?from=home, /users/7/delete. See exclude in the app's check settings.",
  ]);
  expect(incomplete).toBeNull();
});

test('follows log-out and delete links if the settings exclude nothing', async () => {
  const { flows, warnings } = await walkWholeSite(site.url, { exclude: [] });
  expect(summarize(flows)).toEqual(
    expect.arrayContaining(['GET /logout?from=home: passed', 'GET /users/7/delete: passed']),
  );
  expect(warnings).toEqual([]);
});

test('does not open excluded pages, or pages that only excluded pages link to', async () => {
  const { flows, warnings } = await walkWholeSite(site.url, {
    exclude: ['/blog/**', '/logout', '/**/delete'],
  });
  expect(flows.map(({ name }) => name).toSorted()).toEqual([
    'GET /',
    'GET /docs/a',
    'GET /docs/b',
    'GET /docs/c',
  ]);
  expect(warnings).toEqual([
    "3 pages were not opened because the app's settings exclude them: /blog/1, /logout?from=home, /users/7/delete.",
  ]);
});

test('opens the home page and the pages that the settings include', async () => {
  const { flows, warnings } = await walkWholeSite(site.url, { include: ['/docs/{a,c}'] });
  expect(flows.map(({ name }) => name).toSorted()).toEqual(['GET /', 'GET /docs/a', 'GET /docs/c']);
  expect(warnings).toEqual([
    "2 links were not followed because they look like log-out or delete links: /logout?from=home, /users/7/delete. See exclude in the app's check settings.",
    "2 pages were not opened because the app's settings do not include them: /blog/1, /docs/b.",
  ]);
});

test('names three of many skipped links, and cuts long ones', async () => {
  const hrefs = Array.from({ length: 1_500 }, (_, index) => `/${'x'.repeat(150)}/${index}/delete`);
  const many = await startSite({ '/': page(...hrefs) });
  const { warnings } = await walkWholeSite(many.url);
  await many.stop();
  const named = `/${'x'.repeat(99)}…`;
  expect(warnings).toEqual([
    `1,500 links were not followed because they look like log-out or delete links: ${named}, ${named}, ${named}, …. See exclude in the app's check settings.`,
  ]);
});
