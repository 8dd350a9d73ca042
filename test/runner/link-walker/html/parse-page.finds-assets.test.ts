import { expect, test } from '@jest/globals';
import { parsePage } from '../../../../server/runner/link-walker/parse-page.ts';

const url = new URL('http://shop.example/');
const parse = (html: string) => parsePage(html, url, { signal: new AbortController().signal });

test('names the kind of each asset, in the order of elements and then of styles', async () => {
  const { assets } =
    await parse(`<style>@import "a"; @font-face { src: url(b) } p { background: url(c) }</style>
    <link rel=stylesheet href=d><script src=e></script><script type=module src=f></script><img src=g>
    <link rel=preload as=font href=h><link rel=modulepreload href=i><link rel=manifest href=j>
    <link rel=icon href=k><video src=l poster=m></video><object data=n></object>`);
  expect(assets.map(({ kind, href }) => `${kind} ${new URL(href).pathname}`)).toEqual([
    'style /d',
    'script /e',
    'module /f',
    'image /g',
    'preload /h',
    'module /i',
    'manifest /j',
    'image /k',
    'media /l',
    'image /m',
    'object /n',
    'style /a',
    'font /b',
    'image /c',
  ]);
});

test('finds the integrity of scripts and links, and keeps each value of a URL', async () => {
  const { assets } =
    await parse(`<script src=a integrity="sha384-x sha512-y"></script><script src=a integrity=sha384-z></script>
    <script src=a integrity=" "></script><link rel=stylesheet href=b integrity=sha256-w><img src=c integrity=sha256-v><link rel=icon href=d integrity=sha256-u>
    <link rel=modulepreload href=e integrity=sha256-t>`);
  expect(assets).toEqual([
    { kind: 'script', href: `${url}a`, integrity: 'sha384-x sha512-y' },
    { kind: 'script', href: `${url}a`, integrity: 'sha384-z' },
    { kind: 'script', href: `${url}a` },
    { kind: 'style', href: `${url}b`, integrity: 'sha256-w' },
    { kind: 'image', href: `${url}c` },
    { kind: 'image', href: `${url}d` },
    { kind: 'module', href: `${url}e`, integrity: 'sha256-t' },
  ]);
});

test('names an asset once that is preloaded and loaded', async () => {
  const { assets } =
    await parse(`<link rel=preload as=style href=a><link rel=stylesheet href=a><link rel=preload as=font href=b>
    <link rel=modulepreload href=c><script type=module src=c></script><link rel=preload as=script href=d>`);
  expect(assets.map(({ kind, href }) => `${kind} ${new URL(href).pathname}`)).toEqual([
    'style /a',
    'preload /b',
    'module /c',
    'preload /d',
  ]);
});

test('takes everything as a link that a reader can follow, or a frame or a refresh opens', async () => {
  const { links } =
    await parse(`<a href=a>x</a><area href=b><iframe src=c></iframe><meta http-equiv=refresh content="5;url=d">
    <svg><a href=e>x</a><a xlink:href=f>x</a></svg><a href=g download rel=nofollow ping=h>x</a><a href="">x</a>
    <a href="javascript:i()">x</a><a href="mailto:j">x</a><a>x</a><form action=k></form><link rel=next href=l>`);
  expect(links.map(({ href }) => new URL(href).pathname)).toEqual(['/a', '/b', '/c', '/d', '/e', '/f', '/g']);
});

test('leaves out a style attribute that is too long, and styles after the first 5,000', async () => {
  expect(await parse(`<p style="b:url(x);${'y'.repeat(250_000)}">x`)).toMatchObject({
    assets: [],
    leftOut: 1,
  });
  const styles = Array.from({ length: 5_010 }, (_, index) => `<p style="b:url(#${index})">x`).join('');
  expect(await parse(styles + styles)).toMatchObject({ assets: [], leftOut: 20 });
});

test.each([
  ['an empty element and a script', '<div id=root></div><script src=/app.js></script>', true],
  ['a script within the page', '<div id=root></div><script>start()</script>', true],
  [
    'a title and a word',
    '<title>The shop</title><p>Loading…</p><script type=module src=/app.js></script>',
    true,
  ],
  ['a link to a place of its own', '<a href="#main">Skip</a><script src=/app.js></script>', true],
  [
    'text and links for readers without scripts alone',
    `<noscript>${'Please switch on scripts. '.repeat(20)}<a href=/old>old</a></noscript><script src=/app.js></script>`,
    true,
  ],
  [
    'styles, and text in a template',
    `<style>${'p{}'.repeat(99)}</style><template>${'x'.repeat(200)}</template><script></script>`,
    true,
  ],
  ['no script', '<div id=root></div>', false],
  ['a script that holds data', '<script type=application/json>{}</script>', false],
  ['a script for browsers of the past', '<script nomodule src=/app.js></script>', false],
  ['a link', '<a href=/pricing>Pricing</a><script src=/app.js></script>', false],
  ['a paragraph', `<p>${'We sell chairs. '.repeat(10)}</p><script src=/app.js></script>`, false],
])('tells whether scripts fill in a page with %s', async (_what, html, isShell) => {
  expect((await parse(html)).isShell).toBe(isShell);
});
