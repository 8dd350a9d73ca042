import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small web shop: the app under test. */
export interface Shop {
  readonly url: string;
  readonly pages: readonly string[];
  /** From now on this page answers 500, as after a bad deployment. */
  break(page: string): void;
  countRequests(): number;
  close(): Promise<void>;
}

const PRODUCTS = ['teapot', 'kettle', 'cup', 'saucer', 'spoon', 'strainer'];

function createPages(): Map<string, string> {
  const link = (path: string, text: string) => `<li><a href="${path}">${text}</a></li>`;
  const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head><title>${title}</title><link rel="stylesheet" href="/shop.css"></head>
<body><img src="/logo.svg" alt="The shop"><h1>${title}</h1>${body}<p><a href="/">Home</a></p></body>
</html>`;
  const products = PRODUCTS.map((name) => link(`/products/${name}`, `One ${name}`)).join('');
  const pages = new Map([
    ['/', page('The demo shop', `<ul>${link('/products', 'Products')}${link('/about', 'About')}</ul>`)],
    ['/about', page('About', '<p>Six things for tea.</p>')],
    ['/products', page('Products', `<ul>${products}</ul>`)],
  ]);
  for (const name of PRODUCTS) {
    pages.set(
      `/products/${name}`,
      page(`One ${name}`, `<p>A ${name}. <a href="/products">All products</a></p>`),
    );
  }
  return pages;
}

const ASSETS = new Map([
  ['/shop.css', { type: 'text/css', body: 'body { font-family: system-ui; }' }],
  [
    '/logo.svg',
    { type: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"/>' },
  ],
]);

/** Serves the shop on a free loopback port. */
export async function openShop(): Promise<Shop> {
  const pages = createPages();
  const broken = new Set<string>();
  let requests = 0;
  const server = createServer((req, res) => {
    requests += 1;
    const path = req.url ?? '/';
    const asset = ASSETS.get(path);
    const page = pages.get(path);
    if (broken.has(path)) {
      res.writeHead(500).end('Something went wrong.');
    } else if (asset) {
      res.writeHead(200, { 'Content-Type': asset.type }).end(asset.body);
    } else {
      res
        .writeHead(page ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' })
        .end(page ?? 'Not here.');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    pages: [...pages.keys()],
    break: (page) => broken.add(page),
    countRequests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
