import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseStylesheet } from '../../../server/runner/link-walker/css/parse-stylesheet.ts';
import { type Asset, parsePage } from '../../../server/runner/link-walker/parse-page.ts';
import { startBrowser } from '../../helpers/browser/browser.ts';

/** A page, what is loaded for it, and where a browser and the walker differ on purpose. Paths are relative. */
interface Row {
  readonly page: string;
  /** What both load, separated by spaces. */
  readonly both?: string;
  readonly walkerAlone?: string;
  readonly browserAlone?: string;
  /** Why they differ. */
  readonly because?: string;
  /** Stylesheets that the page loads, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether the page's links are loaded with it: frames, and what a refresh leads to. */
  readonly hasFrames?: boolean;
}

const CONDITIONS = 'the reader may have another screen, printer or setting';
const ALTERNATIVES = 'other browsers or screens choose another of the alternatives';

const ROWS: readonly Row[] = [
  // Images
  { page: '<img src=a.png><img srcset="b.png">', both: 'a.png b.png' },
  { page: '<img src=a.png loading=lazy><input type=image src=b.png>', both: 'a.png b.png' },
  {
    page: '<img srcset="a.png 1x, b.png 2x" src=c.png>',
    both: 'a.png',
    walkerAlone: 'b.png c.png',
    because: ALTERNATIVES,
  },
  { page: '<img srcset="my photo.jpg 2x, a.png 1x">', both: 'a.png' },
  { page: '<img src=""><img src=" "><img src="#x"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">' },
  {
    page: '<picture><source srcset=a.png><img src=b.png></picture>',
    both: 'a.png',
    walkerAlone: 'b.png',
    because: ALTERNATIVES,
  },
  {
    page: '<source srcset=a.png src=b.png><track src=c.vtt>',
    walkerAlone: 'c.vtt',
    because: 'tracks are never alone in practice',
  },
  {
    page: '<body background=a.png><table background=b.png><tr background=c.png><td background=d.png>x',
    both: 'a.png b.png c.png d.png',
  },
  {
    page: '<template><img src=a.png></template><!-- <img src=b.png> --><div><template shadowrootmode=open><img src=c.png></template></div>',
    both: 'c.png',
  },
  {
    page: '<noscript><img src=a.png></noscript>',
    walkerAlone: 'a.png',
    because: 'scripts load the same files, and the walker runs none',
  },
  // SVG
  {
    page: '<svg><image href=a.png /><image xlink:href=b.png /><use href="c.svg#x" /><use href="#x" /></svg>',
    both: 'a.png b.png c.svg',
  },
  {
    page: '<svg><filter><feImage href=a.png /></filter><script href=b.js></script><script xlink:href=c.js></script></svg>',
    both: 'a.png b.js c.js',
  },
  {
    page: '<svg><use href="#x" xlink:href="a.svg#x" /></svg><use href="b.svg#x"></use><image src=c.png>',
    both: 'c.png',
  },
  { page: '<svg><div><img src=a.png></div><script src=b.js></script>', both: 'a.png b.js' },
  // Media and objects
  { page: '<video src=a.mp4 poster=b.png></video><audio src=c.mp3></audio>', both: 'a.mp4 b.png c.mp3' },
  {
    page: '<video><source src=a.webm><source src=b.mp4><track default src=c.vtt></video>',
    both: 'a.webm b.mp4 c.vtt',
  },
  {
    page: '<video preload=none src=a.mp4></video>',
    walkerAlone: 'a.mp4',
    because: 'it is loaded when the reader plays it',
  },
  {
    page: '<object data=a.svg><object data=b.svg></object><embed src=c.svg><img src=d.png></object>',
    both: 'a.svg d.png',
  },
  { page: '<embed src=a.svg>', both: 'a.svg' },
  // Scripts
  {
    page: '<script src=a.js></script><script type="" src=b.js></script><script type=" Text/JavaScript " src=c.js></script>',
    both: 'a.js b.js c.js',
  },
  {
    page: '<script type=module src=a.js></script><script type=module nomodule src=b.js></script><script nomodule src=c.js></script>',
    both: 'a.js b.js',
  },
  {
    page: '<script type=text/html src=a.js></script><script type=application/json src=b.js></script><script type=importmap src=c.js></script><script type=speculationrules src=d.js></script><script type="text/javascript;x" src=e.js></script>',
  },
  {
    page: '<script language=vbscript src=a.js></script><script language=JavaScript1.2 src=b.js></script>',
    both: 'b.js',
  },
  // Links that load
  {
    page: '<link rel=stylesheet href=a.css><link rel=stylesheet media=print href=b.css><link rel="StyleSheet" type="text/css" href=c.css>',
    both: 'a.css b.css c.css',
  },
  {
    page: '<link rel=stylesheet disabled href=a.css><link rel=stylesheet type=text/less href=b.css><link rel=stylesheet href=""><link rel=stylesheet/less href=c.css>',
  },
  {
    page: '<link rel="alternate stylesheet" title=x href=a.css><link rel=alternate href=b.css>',
    both: 'a.css',
  },
  {
    page: '<link rel=preload as=script href=a.js><link rel=preload as=style href=b.css><link rel=preload as=image href=c.png>',
    both: 'a.js b.css c.png',
  },
  {
    page: '<link rel=preload href=a.js><link rel=preload as=x href=b.js><link rel=preload as=video href=c.mp4><link rel=preload as=json href=d.json><link rel=preload as=worker href=e.js>',
  },
  {
    page: '<link rel=preload as=image imagesrcset="a.png 1x, b.png 2x" href=c.png>',
    both: 'a.png',
    walkerAlone: 'b.png',
    because: ALTERNATIVES,
  },
  {
    page: '<link rel=modulepreload href=a.js><link rel=modulepreload as=style href=b.css><link rel=modulepreload as=json href=c.json>',
    both: 'a.js b.css c.json',
  },
  {
    page: '<link rel=prefetch href=a.js><link rel="preload stylesheet" as=style href=b.css>',
    both: 'a.js b.css',
  },
  {
    page: '<link rel="shortcut icon" href=a.png><link rel=apple-touch-icon href=b.png><link rel=manifest href=c.json>',
    walkerAlone: 'a.png b.png c.json',
    because: 'a browser without windows has no place for them',
  },
  {
    page: '<link rel=canonical href=a><link rel=dns-prefetch href=b><link rel=next href=c><a href=d ping=e>x</a><form action=f></form><blockquote cite=g>x</blockquote>',
  },
  // Bases
  { page: '<base><base href=x/><base href=y/><img src=a.png>', both: 'x/a.png' },
  { page: '<img src=a.png><base target=_blank><base href=x/><img src=b.png>', both: 'a.png x/b.png' },
  // Where CSS is
  { page: '<style>p { background: url(a.png) }</style><p>x', both: 'a.png' },
  {
    page: '<style type=text/x>p { background: url(a.png) }</style><style media=print>@import "b.css";</style><p>x',
    both: 'b.css',
  },
  { page: '<p style="background: url(&quot;a.png&quot;)" style="background: url(b.png)">x', both: 'a.png' },
  {
    page: '<p style="a: b; {c: d} background: url(a.png)">x<p style="}; background: url(b.png">x',
    both: 'b.png',
  },
  { page: '<svg><style>p { background: url(a.png) }</style></svg><p>x', both: 'a.png' },
  {
    page: '<link rel=stylesheet href=css/a.css><p>x',
    files: {
      'css/a.css': '@import "b.css"; p { background: url(../c.png) }',
      'css/b.css': 'p { list-style: url("d.png") }',
    },
    both: 'css/a.css css/b.css c.png css/d.png',
  },
  // Values
  {
    page: `<style>p { background: URL( "a.png" ) , u\\72l('b.png'), url( c.png ) } /* url(x.png) */</style><p>x`,
    both: 'a.png b.png c.png',
  },
  {
    page: '<style>p::before { content: url("a\\000020b.png") url(\\63 .png) url(d\\28 .png) }</style><p>x',
    both: 'a%20b.png c.png d(.png',
  },
  {
    page: '<style>p { background: url(#x), url(""), url(data:image/gif;base64,R0lGODlhAQABAAAAACw=) }</style><p>x',
  },
  { page: '<style>p { background: url(a b.png) } b { background: url("c.png\n) }\n</style><p>x<b>y' },
  {
    page: '<style>p { background: image-set("a.png" 1x type("image/png"), url(b.png) 2x) } b { background: -webkit-image-set("c.png" 1x) }</style><p>x<b>y',
    both: 'a.png c.png',
    walkerAlone: 'b.png',
    because: ALTERNATIVES,
  },
  {
    page: '<style>p { background: src("a.png") } b { content: "url(b.png)" } i { background: -webkit-cross-fade(url(c.png), url(d.png), 50%) }</style><p>x<b>y<i>z',
    both: 'c.png d.png',
  },
  {
    page: '<style>p { cursor: url(a.png), auto; filter: url(b.svg#x); clip-path: url(c.svg#x); border-image: url(d.png) 1; mask: url(e.svg#x) }</style><p>x',
    both: 'a.png b.svg c.svg d.png e.svg',
  },
  {
    page: '<style>p { behavior: url(a.htc); -moz-binding: url(b.xml); _background: url(c.png); src: url(d.png); *background: url(e.png) }</style><p>x',
  },
  {
    page: '<style>p { background: var(--x); --x: url(a.png); --y: {b: url(b.png)} }</style><p>x',
    both: 'a.png',
    walkerAlone: 'b.png',
    because: 'scripts and other stylesheets may use the property',
  },
  {
    page: '<style>p { filter: progid:DXImageTransform.Microsoft.AlphaImageLoader(src="a.png") }</style><p>x',
  },
  // Rules
  {
    page: '<style>p { & b { background: url(a.png) } &:is(b) { color: red } @media all { background: url(b.png) } }</style><p>x<b>y',
    both: 'a.png b.png',
  },
  {
    page: '<style><!-- p { background: url(a.png) } --> b { color: rgb(1 } i { background: url(b.png) }</style><p>x<b>y<i>z',
    both: 'a.png',
  },
  {
    page: '<style>@media print { p { background: url(a.png) } } @supports (x: url(b.png)) { p { background: url(c.png) } } q { background: url(d.png) }</style><p>x',
    walkerAlone: 'a.png c.png d.png',
    because: CONDITIONS,
  },
  {
    page: '<style>@-moz-document url-prefix() { p { background: url(a.png) } } @namespace y url(b); @layer x { p { background: url(c.png) } }</style><p>x',
    both: 'c.png',
  },
  {
    page: '<style>@keyframes x { from { background: url(a.png) } to { background: url(b.png) } } p { animation: x 1s paused }</style><p>x',
    both: 'a.png',
    walkerAlone: 'b.png',
    because: CONDITIONS,
  },
  // Imports
  {
    page: '<style>@charset "x"; @layer a; @import "a.css"; @import url(b.css) layer(x) supports(display: grid) print; @import url( "c.css" ) foo(bar);</style>',
    both: 'a.css b.css c.css',
  },
  { page: '<style>p { color: red } @import "a.css"; @media all { @import "b.css"; }</style>' },
  { page: '<style>@x; @y { p { color: red } } @import "a.css" { } @import "b.css"</style>', both: 'b.css' },
  {
    page: '<style>@layer a { } @import "a.css";</style><style>@namespace y url(b); @import "c.css";</style><style>@import d.css; @import url(e f.css);</style>',
  },
  {
    page: '<link rel=stylesheet href=a.css>',
    files: { 'a.css': '@import "b.css"; @layer c; @import "d.css";' },
    both: 'a.css b.css',
  },
  { page: '<style>@import "a.css" supports(nope: 1);</style>', walkerAlone: 'a.css', because: CONDITIONS },
  // Fonts
  {
    page: '<style>@font-face { font-family: x; src: local("none"), url(a.woff2) format("woff2"), url(b.woff) } p { font-family: x }</style><p>x',
    both: 'a.woff2',
  },
  {
    page: '<style>@font-face { font-family: x; src: url(a.eot); src: url(b.eot?#iefix) format("embedded-opentype"), url(c.svg#x) format("svg"), url(d.woff) format(woff) } p { font-family: x }</style><p>x',
    both: 'd.woff',
  },
  { page: '<style>@font-face { font-family: x; src: url(a.eot) } p { font-family: x }</style><p>x' },
  {
    page: '<style>@font-face { font-family: x; src: url(a.woff2) format("woff2"); src: url(b.svg) format("svg") } p { font-family: x }</style><p>x',
    both: 'a.woff2',
  },
  {
    page: '<style>@font-face { font-family: x; src: url(a.woff2) format(woff2) tech(color-SVG), url(b.woff2) format(woff2) tech(variations) } p { font-family: x }</style><p>x',
    both: 'b.woff2',
  },
  {
    page: '<style>@font-face { font-family: x; src: url("a.woff2") } p { font-family: y }</style><p>x',
    walkerAlone: 'a.woff2',
    because: CONDITIONS,
  },
  {
    page: '<style>@font-face { font-family: x; src: url(data:font/woff2;base64,AAAA) format("woff2"), url(a.woff) } p { font-family: y }</style><p>x',
  },
  // Frames and refreshes
  {
    page: '<iframe src=a.html></iframe><iframe srcdoc=x src=b.html></iframe>',
    both: 'a.html',
    hasFrames: true,
  },
  { page: '<frameset><frame src=a.html></frameset>', both: 'a.html', hasFrames: true },
  ...[
    ['0; URL=a.html', 'a.html'],
    ['0,url=a.html', 'a.html'],
    ['0;a.html', 'a.html'],
    ['0 a.html', 'a.html'],
    ['.0 ; url = "a.html"b', 'a.html'],
    ["0;url='a.html'b", 'a.html'],
    ['0;"a.html"', 'a.html'],
    ['0; url="a.html', 'a.html'],
    ['0;;a.html', ';a.html'],
    ['0a.html', ''],
    ['a.html', ''],
    ['-0;url=a.html', ''],
    ['url=a.html', ''],
  ].map(([content = '', both = '']) => ({
    page: `<meta http-equiv=Refresh content='${content.replaceAll("'", '&#39;')}'>`,
    both,
    hasFrames: true,
  })),
];

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const ANSWERS: Readonly<Record<string, { readonly type: string; readonly body: string | Buffer }>> = {
  css: { type: 'text/css', body: '' },
  js: { type: 'text/javascript', body: '' },
  json: { type: 'application/json', body: '{}' },
  svg: { type: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"><g id="x"/></svg>' },
  html: { type: 'text/html', body: '' },
  woff: { type: 'font/woff', body: readFont() },
  woff2: { type: 'font/woff2', body: readFont() },
};

let server: Server;
let origin: string;
/** The paths that the browser requested for each row. */
let requested: readonly Set<string>[];

beforeAll(async () => {
  const paths = ROWS.map(() => new Set<string>());
  requested = paths;
  server = createServer((request, response) => {
    const [, index = '', path = ''] = /^\/(\d+)\/(.*)$/.exec(request.url ?? '') ?? [];
    const row = ROWS[Number(index)];
    if (index === '' || row === undefined) {
      const frames = ROWS.map((_row, at) => `<iframe src="/${at}/" width=200 height=50></iframe>`).join('');
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(frames);
    }
    if (path === '') {
      const type = { 'content-type': 'text/html; charset=utf-8' };
      return void response.writeHead(200, type).end(`<!doctype html>${row.page}`);
    }
    paths[Number(index)]?.add(path);
    const extension = /\.(\w+)(?:\?.*)?$/.exec(path)?.[1] ?? '';
    const { type, body } = ANSWERS[extension] ?? { type: 'image/gif', body: GIF };
    response.writeHead(200, { 'content-type': type }).end(row.files?.[path] ?? body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  await openInBrowser();
}, 120_000);

afterAll(async () => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
});

/** Opens all pages at once, as frames of one. */
async function openInBrowser(): Promise<void> {
  const browser = await startBrowser();
  try {
    const { page } = await browser.open({ server: { url: origin }, height: 4_000 });
    await page.goto(origin, { waitUntil: 'networkidle' });
    const isMissing = () =>
      ROWS.some(({ both = '' }, at) => split(both).some((path) => !requested[at]?.has(path)));
    for (let tries = 0; tries < 100 && isMissing(); tries += 1) {
      await page.waitForTimeout(100);
    }
  } finally {
    await browser.stop();
  }
}

/** A font that is installed with the tests' tools: a browser tries the next file after one that it cannot read. */
function readFont(): Buffer {
  const folder = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  const assets = join(folder, 'lib/vite/recorder/assets');
  return readFileSync(join(assets, 'codicon-DCmgc-ay.ttf'));
}

function split(paths: string): string[] {
  return paths.split(' ').filter((path) => path !== '');
}

/** What the walker loads for a row. */
async function walk({ page, files = {}, hasFrames = false }: Row): Promise<string[]> {
  const { signal } = new AbortController();
  const folder = new URL('/row/', origin);
  const { assets, links } = await parsePage(`<!doctype html>${page}`, folder, { signal });
  const found = new Set<string>();
  const add = async (loaded: readonly Asset[]): Promise<void> => {
    for (const { href, kind } of loaded) {
      const path = href.slice(folder.href.length);
      const css = kind === 'style' && !found.has(path) ? files[path] : undefined;
      found.add(path);
      if (css !== undefined) {
        await add((await parseStylesheet(css, new URL(href), signal)).assets);
      }
    }
  };
  await add(assets);
  return [...found, ...(hasFrames ? links.map(({ href }) => href.slice(folder.href.length)) : [])];
}

test.each(ROWS.map((row, index) => ({ ...row, index })))('$page', async (row) => {
  const { both = '', walkerAlone = '', browserAlone = '', index } = row;
  expect({
    walker: (await walk(row)).toSorted(),
    browser: [...(requested[index] ?? [])].toSorted(),
  }).toEqual({
    walker: [...split(both), ...split(walkerAlone)].toSorted(),
    browser: [...split(both), ...split(browserAlone)].toSorted(),
  });
});
