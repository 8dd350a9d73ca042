import { afterEach, expect, test } from '@jest/globals';
import { type RawSite, startHttpSite } from '../../helpers/network/raw-site.ts';
import { type Site, type SitePage, startSite } from '../../helpers/network/site.ts';
import { summarize, walkSite } from '../../helpers/network/walk-site.ts';

const sites: (Site | RawSite)[] = [];

async function start(pages: Record<string, SitePage>): Promise<Site> {
  const site = await startSite(pages);
  sites.push(site);
  return site;
}

afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

test.each([
  ['<img src="/a.png">', 'image /a.png'],
  ['<img srcset="/a.png 2x">', 'image /a.png'],
  ['<picture><source srcset="/a.webp 100w"></picture>', 'image /a.webp'],
  ['<video poster="/a.jpg"></video>', 'image /a.jpg'],
  ['<input type="IMAGE" src="/a.gif">', 'image /a.gif'],
  ['<link rel="shortcut icon" href="/a.ico">', 'image /a.ico'],
  ['<link rel="apple-touch-icon" href="/a.png">', 'image /a.png'],
  ['<script src="/a.js"></script>', 'script /a.js'],
  ['<link rel="modulepreload" href="/a.mjs">', 'script /a.mjs'],
  ['<script type="module" src="/a.mjs"></script>', 'script /a.mjs'],
  ['<link rel="preload" as="image" href="/a.png">', 'preload /a.png'],
  ['<link rel="manifest" href="/a.webmanifest">', 'manifest /a.webmanifest'],
  ['<video src="/a.mp4"></video>', 'media /a.mp4'],
  ['<object data="/a.pdf"></object>', 'object /a.pdf'],
  ['<style>p { background: url(a.png) }</style>', 'image /a.png'],
  ['<style>@font-face { src: url(a.woff2) }</style>', 'font /a.woff2'],
  ['<p style="background: url(&quot;a.png&quot;)">x</p>', 'image /a.png'],
  ['<LINK REL="StyleSheet" HREF="/a.css?v=1#x">', 'style /a.css?v=1'],
  ['<noscript><img src="/a.png"></noscript>', 'image /a.png'],
])('fails a page when its asset is missing: %s', async (html, asset) => {
  const site = await start({ '/': `<p>Shop</p>${html}` });
  expect(summarize(await walkSite(site.url))).toEqual([`GET /: failed, ${asset} responded 404 Not Found`]);
});

test('requests only assets of the page', async () => {
  const other = await start({});
  const site = await start({
    '/': `<img src=""><img><img src="data:image/png;base64,AAAA"><img srcset="data:image/png;base64,AA,AA 1x">
      <input src="/input.png"><link rel="canonical" href="/canonical"><link rel="preload" href="/p.png">
      <script>var src = "/inline.js"</script><!-- <img src="/comment.png"> --><source src="/film.mp4">
      <template><img src="/{{image}}"></template><img src="${other.url}/elsewhere.png">`,
  });
  expect(summarize(await walkSite(site.url))).toEqual(['GET /: passed']);
  expect(site.requests).toEqual(['GET /']);
  expect(other.requests).toEqual([]);
});

test('names the first three missing assets and counts the rest', async () => {
  const site = await start({
    '/': '<img src="/1.png"><script src="/2.js"></script><link rel="stylesheet" href="/3.css"><img src="/4.png"><img src="/5.png"><img src="/there.png">',
    '/2.js': { status: 500 },
    '/there.png': 'png',
  });
  expect((await walkSite(site.url))[0]?.error).toBe(
    'image /1.png responded 404 Not Found; script /2.js responded 500 Internal Server Error; style /3.css responded 404 Not Found; and 2 more',
  );
});

test('fetches an asset that pages share once, and fails each of them', async () => {
  const html = '<a href="/a">a</a><a href="/b">b</a><img src="/logo.png"><script src="/app.js"></script>';
  const site = await start({ '/': html, '/a': html, '/b': html, '/app.js': 'x' });

  expect(summarize(await walkSite(site.url)).toSorted()).toEqual([
    'GET /: failed, image /logo.png responded 404 Not Found',
    'GET /a: failed, image /logo.png responded 404 Not Found',
    'GET /b: failed, image /logo.png responded 404 Not Found',
  ]);
  expect(site.requests.filter((request) => /logo|app/.test(request)).toSorted()).toEqual([
    'GET /app.js',
    'GET /logo.png',
  ]);
});

test('accepts an empty script and an image that redirects, also to another site', async () => {
  const other = await start({});
  const site = await start({
    '/': '<script src="/empty.js"></script><img src="/moved.png"><img src="/cdn.png"><img src="/gone.png">',
    '/empty.js': { body: '' },
    '/moved.png': { status: 301, headers: { location: '/new.png' } },
    '/new.png': 'png',
    '/cdn.png': { status: 302, headers: { location: `${other.url}/x.png` } },
    '/gone.png': { status: 302, headers: { location: '/nothing.png' } },
  });
  expect(summarize(await walkSite(site.url))).toEqual([
    'GET /: failed, image /gone.png redirects to /nothing.png, which responded 404 Not Found',
  ]);
  expect(other.requests).toEqual([]);
});

test('fails a page when its image does not answer in time, and says so', async () => {
  const site = await start({
    '/': '<p>Shop</p><img src="/slow.png"><img src="/quick.png">',
    '/slow.png': { body: 'x', delayMs: 20_000 },
    '/quick.png': 'x',
  });
  const [flow] = await walkSite(site.url, { limits: { pageMs: 500 } });

  expect(flow?.error).toMatch(/^image \/slow\.png did not answer within 0\.[45] s$/);
  expect(flow?.duration_ms).toBeLessThan(5_000);
});

test('fails a page when a script never ends, is cut off or redirects in a loop', async () => {
  const site = await startHttpSite((request, response) => {
    if (request.url === '/') {
      const names = ['drip', 'cut', 'loop'];
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(names.map((name) => `<script src="/${name}"></script>`).join(''));
    } else if (request.url === '/drip') {
      response.writeHead(200).write('.');
    } else if (request.url === '/loop') {
      response.writeHead(302, { location: '/loop' }).end();
    } else {
      request.socket.destroy();
    }
  });
  sites.push(site);
  const [flow] = await walkSite(site.url, { limits: { pageMs: 500 } });

  expect(flow?.error).toMatch(/^script \/drip did not answer within 0\.[45] s; /);
  expect(flow?.error).toContain(
    `script /cut closed the connection without an answer (127.0.0.1:${site.port})`,
  );
  expect(flow?.error).toContain('script /loop redirects in a loop, back to /loop');
});

test('accepts an endless image that has begun to arrive', async () => {
  const site = await startHttpSite((request, response) => {
    if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<img src="/camera">');
      return;
    }
    const timer = setInterval(() => response.write(Buffer.alloc(16 * 1024)), 5);
    response.on('close', () => clearInterval(timer));
  });
  sites.push(site);
  expect(summarize(await walkSite(site.url, { limits: { pageMs: 1_000 } }))).toEqual(['GET /: passed']);
});

test('skips a page with more images than there is time for, and counts those not checked', async () => {
  const images = Array.from({ length: 60 }, (_, index) => `<img src="/img/${index}">`).join('');
  const site = await startHttpSite((request, response) => {
    if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(images);
    } else {
      setTimeout(() => response.writeHead(200, { 'content-type': 'image/png' }).end('x'), 150);
    }
  });
  sites.push(site);
  const [flow] = await walkSite(site.url, { limits: { pageMs: 800 } });

  expect(flow?.status).toBe('skipped');
  expect(flow?.error).toMatch(
    /^\d+ of its images, scripts and styles were not checked: there were too many for 0\.8 s$/,
  );
});
