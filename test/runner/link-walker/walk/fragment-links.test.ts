import { expect, test } from '@jest/globals';
import type { SitePage } from '../../../helpers/network/site.ts';
import { startSites } from '../../../helpers/network/sites-of-tests.ts';
import { summarize, walkWholeSite } from '../../../helpers/network/walk-site.ts';

const start = startSites();

const page = (...hrefs: string[]) =>
  `<h1 id="title">x</h1>${hrefs.map((href) => `<a href="${href}">x</a>`).join('')}`;

async function walk(pages: Record<string, SitePage>, settings = {}) {
  const site = await start(pages);
  const { flows, warnings, incomplete } = await walkWholeSite(site.url, { fragments: true, ...settings });
  return { flows, summary: summarize(flows).toSorted(), warnings, incomplete, requests: site.requests };
}

test('fails a page that links to a missing target', async () => {
  const { flows, summary, requests } = await walk({
    '/': page('/a#title', '/a#missing', '#title', '#gone', '/b#name', '#top', '/a'),
    '/a': page('/#missing-too', '/b#caf%C3%A9'),
    '/b': '<a name="name"></a><p id="café">x</p>',
  });
  expect(summary).toEqual([
    'GET /: failed, link /a#missing has no target; link /#gone has no target',
    'GET /a: failed, link /#missing-too has no target',
    'GET /b: passed',
  ]);
  expect(flows.map(({ cause }) => cause).toSorted()).toEqual([
    'link /#missing-too has no target',
    'link /a#missing has no target',
    null,
  ]);
  expect(requests).toHaveLength(3);
});

test('does not judge targets by default', async () => {
  const { summary } = await walk({ '/': page('#gone') }, { fragments: false });
  expect(summary).toEqual(['GET /: passed']);
});

test('looks for the target on the page that a redirect leads to', async () => {
  const { summary } = await walk({
    '/': page('/old#title', '/old#gone'),
    '/old': { status: 301, headers: { location: '/new' } },
    '/new': page(),
  });
  expect(summary).toEqual(['GET /: failed, link /old#gone has no target', 'GET /old: passed']);
});

test('does not judge a target on a page that is built by script, failed or was not opened, or in a file', async () => {
  const { summary } = await walk({
    '/': page('/file.pdf#page=2', '/shell#x', '/missing#x', '/logout#x', '#/route', '#:~:text=x'),
    '/file.pdf': { headers: { 'content-type': 'application/pdf' }, body: '%PDF' },
    '/shell': '<div id="root"></div><script>1</script>',
    '/logout': 'x',
  });
  expect(summary).toEqual([
    'GET /: passed',
    'GET /file.pdf: passed',
    'GET /missing: failed, responded 404 Not Found; linked from /',
    'GET /shell: passed',
  ]);
});

test('does not judge a target of pages that a limit left out', async () => {
  const { summary } = await walk({ '/': page('/a#x', '/b#x'), '/a': 'x', '/b': 'x' }, { max_pages: 1 });
  expect(summary).toEqual(['GET /: passed']);
});
