import { afterEach, expect, test } from '@jest/globals';
import { startHttpSite } from '../../helpers/network/raw-site.ts';
import { type Site, type SitePage, startSite } from '../../helpers/network/site.ts';
import { summarize, walkSite } from '../../helpers/network/walk-site.ts';

const sites: { stop(): Promise<void> }[] = [];

async function start(pages: Record<string, SitePage>): Promise<Site> {
  const site = await startSite(pages);
  sites.push(site);
  return site;
}

afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

const page = (...hrefs: string[]) => `<p>Hello</p>${hrefs.map((href) => `<a href="${href}">x</a>`).join('')}`;

test('walks every link of the app, nearest pages first, and reports each page', async () => {
  const site = await start({
    '/': page('/about', 'contact'),
    '/about': page('/team'),
    '/contact': page('/'),
  });
  const flows = await walkSite(site.url);

  expect(summarize(flows).toSorted()).toEqual([
    'GET /: passed',
    'GET /about: passed',
    'GET /contact: passed',
    'GET /team: failed, responded 404 Not Found; linked from /about',
  ]);
  expect(site.requests.indexOf('GET /team')).toBe(3);
  expect(flows.every(({ duration_ms }) => Number.isInteger(duration_ms) && duration_ms >= 0)).toBe(true);
});

test('opens a page once, whatever fragment, tracking parameter or order of parameters leads to it', async () => {
  const site = await start({
    '/': page(
      '#top',
      '/?utm_source=mail',
      '/list?b=2&a=1#x',
      '/list?a=1&b=2',
      '/list?gclid=z&a=1&b=2&FBCLID=y&msclkid=1&mc_cid=2',
    ),
    '/list': page('/'),
  });
  const flows = await walkSite(`${site.url}/#start`);

  expect(summarize(flows)).toEqual(['GET /: passed', 'GET /list?b=2&a=1: passed']);
  expect(site.requests).toEqual(['GET /', 'GET /list?b=2&a=1']);
});

test('requests pages with their parameters as written', async () => {
  const site = await start({ '/': page('/p?print&q=a%20b'), '/p': 'Printed' });
  await walkSite(site.url);

  expect(site.requests).toContain('GET /p?print&q=a%20b');
});

test('keeps /docs and /docs/ apart, unless a redirect joins them', async () => {
  const apart = await start({ '/': page('/docs', '/docs/'), '/docs': 'One', '/docs/': 'Two' });
  expect(summarize(await walkSite(apart.url)).toSorted()).toEqual([
    'GET /: passed',
    'GET /docs/: passed',
    'GET /docs: passed',
  ]);

  const one = await start({
    '/': page('/docs'),
    '/docs': { status: 301, headers: { location: '/docs/' } },
    '/docs/': page('/docs/', 'guide'),
    '/docs/guide': 'Guide',
  });
  expect(summarize(await walkSite(one.url))).toEqual([
    'GET /: passed',
    'GET /docs: passed',
    'GET /docs/guide: passed',
  ]);
  expect(one.requests.filter((request) => request === 'GET /docs/')).toHaveLength(1);
});

test('honours <base href>, also for earlier links', async () => {
  const site = await start({
    '/': '<a href="early">x</a><base href="/shop/"><base href="/other/"><a href="late">x</a><img src="i.png">',
    '/shop/early': 'Early',
    '/shop/late': 'Late',
    '/shop/i.png': 'png',
  });
  expect(summarize(await walkSite(site.url)).toSorted()).toEqual([
    'GET /: passed',
    'GET /shop/early: passed',
    'GET /shop/late: passed',
  ]);
});

test('never leaves the origin, and follows only http links', async () => {
  const other = await start({ '/': 'Other' });
  const site = await start({
    '/': page(
      `${other.url}/`,
      'mailto:a@b.example',
      'tel:1',
      'javascript:alert(1)',
      'data:text/html,x',
      'ftp://127.0.0.1/',
      'http://[',
    ),
  });
  expect(summarize(await walkSite(site.url))).toEqual(['GET /: passed']);
  expect(other.requests).toEqual([]);
});

test('follows areas, frames, meta refreshes, nofollow and download links, but not links in a template', async () => {
  const site = await start({
    '/': `<area href="/area"><iframe src="/frame"></iframe><meta http-equiv="Refresh" content="5; URL='/fresh'">
      <a rel="nofollow" href="/nofollow">x</a><a download href="/file.bin">x</a>
      <template><a href="/{{page}}">x</a></template>`,
    '/area': 'x',
    '/frame': 'x',
    '/fresh': 'x',
    '/nofollow': 'x',
    '/file.bin': {
      headers: { 'content-type': 'application/octet-stream' },
      body: '<a href="/not-html">x</a>',
    },
  });
  expect(summarize(await walkSite(site.url)).toSorted()).toEqual([
    'GET /: passed',
    'GET /area: passed',
    'GET /file.bin: passed',
    'GET /frame: passed',
    'GET /fresh: passed',
    'GET /nofollow: passed',
  ]);
});

test('counts the depth along the shortest way, also when a page on it is slow', async () => {
  const site = await start({
    '/': page('/slow', '/quick'),
    '/slow': { body: page('/near'), delayMs: 200 },
    '/quick': page('/far'),
    '/far': page('/near'),
    '/near': page('/last'),
    '/last': 'x',
  });
  expect((await walkSite(site.url, { max_depth: 3 })).map(({ name }) => name)).toContain('GET /last');
});

test('opens at most 8 pages and 8 assets at a time', async () => {
  const count = { pages: 0, assets: 0 };
  const most = { pages: 0, assets: 0 };
  const hrefs = Array.from({ length: 20 }, (_, index) => `/p${index}`);
  const images = (of: string) =>
    Array.from({ length: 12 }, (_, index) => `<img src="/img${of}/${index}">`).join('');
  const site = await startHttpSite((request, response) => {
    const kind = request.url?.startsWith('/img') ? 'assets' : 'pages';
    count[kind] += 1;
    most[kind] = Math.max(most[kind], count[kind]);
    setTimeout(() => {
      count[kind] -= 1;
      const body = request.url === '/' ? page(...hrefs) : images(request.url ?? '');
      response.writeHead(200, { 'content-type': 'text/html' }).end(body);
    }, 150);
  });
  sites.push(site);

  expect(await walkSite(site.url)).toHaveLength(21);
  expect(most).toEqual({ pages: 8, assets: 8 });
});

test('yields each flow when it ends, the slow page last', async () => {
  const site = await start({
    '/': page('/slow', '/quick'),
    '/slow': { body: 'x', delayMs: 200 },
    '/quick': 'x',
  });
  expect((await walkSite(site.url)).map(({ name }) => name)).toEqual(['GET /', 'GET /quick', 'GET /slow']);
});

test('skips a link that redirects out of the app, and says where it leads', async () => {
  const other = await start({ '/': 'Other' });
  const site = await start({
    '/': page('/out', '/deep-link'),
    '/out': { status: 302, headers: { location: `${other.url}/` } },
    '/deep-link': { status: 302, headers: { location: 'myapp://open' } },
  });
  expect(summarize(await walkSite(site.url)).toSorted()).toEqual([
    'GET /: passed',
    'GET /deep-link: skipped, redirects to myapp:, which is outside the app',
    `GET /out: skipped, redirects to ${other.url}, which is outside the app`,
  ]);
  expect(other.requests).toEqual([]);
});

test('follows a redirect of the app’s own URL to another origin, and walks that origin', async () => {
  const www = await start({ '/home': page('/about'), '/about': 'x' });
  const apex = await start({ '/': { status: 301, headers: { location: `${www.url}/home` } } });

  expect(summarize(await walkSite(apex.url))).toEqual(['GET /: passed', 'GET /about: passed']);
  expect(www.requests).toEqual(['GET /home', 'GET /about']);
});
