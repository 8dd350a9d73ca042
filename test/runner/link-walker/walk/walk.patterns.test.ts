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

const redirect = (location: string) => ({ status: 302, headers: { location } });

test('leaves alone what an excluded URL is reached by: a link, or a redirect of a page', async () => {
  const app = await startSite({
    '/': page('/leave', '/go', '/logout', '/docs'),
    '/go': redirect('/leave'),
    '/leave': redirect('/logout?from=leave'),
    '/docs': redirect('/docs/'),
    '/docs/': 'x',
    '/logout': 'Goodbye',
  });
  const byDefault = await walkWholeSite(app.url);
  const requestsByDefault = app.requests.splice(0);
  const byChoice = await walkWholeSite(app.url, { exclude: ['/logout'] });
  await app.stop();
  const flows = [
    'GET /: passed',
    'GET /docs: passed',
    'GET /go: skipped, redirects to /logout?from=leave, which is excluded and was not opened',
    'GET /leave: skipped, redirects to /logout?from=leave, which is excluded and was not opened',
  ];
  for (const { requests, walked } of [
    { requests: requestsByDefault, walked: byDefault },
    { requests: app.requests, walked: byChoice },
  ]) {
    expect(summarize(walked.flows).toSorted()).toEqual(flows);
    expect(requests.filter((request) => request.includes('logout'))).toEqual([]);
    expect(walked.incomplete).toBeNull();
  }
  expect(byDefault.warnings).toEqual([
    "2 links were not followed because they look like log-out or delete links: /logout, /logout?from=leave. See exclude in the app's check settings.",
  ]);
  expect(byChoice.warnings).toEqual([
    "2 pages were not opened because the app's settings exclude them: /logout, /logout?from=leave.",
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

test('follows a redirect of an included page to one that is not', async () => {
  const app = await startSite({ '/': page('/docs'), '/docs': redirect('/manual'), '/manual': 'x' });
  const { flows, warnings } = await walkWholeSite(app.url, { include: ['/docs'] });
  await app.stop();
  expect(summarize(flows)).toEqual(['GET /: passed', 'GET /docs: passed']);
  expect(warnings).toEqual([]);
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
