import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A site in its own process: `/`, pages that link to each other, a stylesheet and a picture, and some links that
 * lead nowhere. The same arguments make the same site. Tells its parent where it is.
 *
 *   node bench/walk/site.ts PAGES LINKS BROKEN MILLISECONDS
 */
const [pageCount = 2_000, linkCount = 100, brokenCount = 20, delayMs = 0] = process.argv.slice(2).map(Number);

const SENTENCE = 'The quick brown fox jumps over the lazy dog, and what it does then is written here. ';

/** Page 0 is `/`. Of its links the first ten lead on in a tree, so that each page is found. */
function linksOf(page: number): string[] {
  const links = Array.from({ length: linkCount }, (_, link) => {
    const target = link < 10 ? page * 10 + link + 1 : page * 131 + link * 17;
    return pathOf(target % pageCount);
  });
  if (page % Math.ceil(pageCount / brokenCount) === 1) {
    links[linkCount - 1] = `/missing/${page}`;
  }
  return links;
}

function pathOf(page: number): string {
  return page === 0 ? '/' : `/guide/chapter-${page % 40}/page-${page}.html`;
}

function write(page: number): string {
  const items = linksOf(page).map(
    (href, index) => `<li><a class="link" href="${href}">Chapter ${index} of this guide</a></li>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page ${page}</title>
<link rel="stylesheet" href="/app.css"></head><body><h1>Page ${page}</h1><img src="/logo.png" alt="">
<p>${SENTENCE.repeat(20)}</p>\n<ul>\n${items.join('\n')}\n</ul>\n<p>${SENTENCE.repeat(10)}</p></body></html>`;
}

const html = { type: 'text/html; charset=utf-8', status: 200 };
const answers = new Map([
  ...Array.from(
    { length: pageCount },
    (_, page) => [pathOf(page), { ...html, body: Buffer.from(write(page)) }] as const,
  ),
  ['/empty', { ...html, body: Buffer.from('<p>Nothing</p>') }],
  ['/app.css', { type: 'text/css', status: 200, body: Buffer.from('h1 { color: teal }') }],
  ['/logo.png', { type: 'image/png', status: 200, body: Buffer.from('89504e470d0a1a0a', 'hex') }],
]);
/** All URLs that a walk requests. */
const targets = [
  ...[...answers.keys()].filter((path) => path !== '/empty'),
  ...new Set(
    Array.from({ length: pageCount }, (_, page) => linksOf(page))
      .flat()
      .filter((href) => href.startsWith('/missing/')),
  ),
];
answers.set('/targets', { type: 'text/plain', status: 200, body: Buffer.from(targets.join('\n')) });
const missing = { ...html, status: 404, body: Buffer.from('<p>Not found</p>') };

const server = createServer((request, response) => {
  const { type, status, body } = answers.get(request.url ?? '/') ?? missing;
  const send = () => {
    response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body);
  };
  if (delayMs > 0) {
    setTimeout(send, delayMs);
  } else {
    send();
  }
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
process.on('disconnect', () => process.exit(0));
