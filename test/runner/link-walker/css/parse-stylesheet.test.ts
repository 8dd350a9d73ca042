import { Buffer } from 'node:buffer';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseStylesheet } from '../../../../server/runner/link-walker/css/parse-stylesheet.ts';
import { decodeStylesheet } from '../../../../server/runner/link-walker/http/decode-stylesheet.ts';
import { parsePage } from '../../../../server/runner/link-walker/parse-page.ts';
import { hostileString } from '../../../fuzz/hostile-values.ts';

const url = new URL('http://shop.example/css/shop.css');
const { signal } = new AbortController();

test('names each URL that a stylesheet loads once, in order, relative to the stylesheet and without fragments', async () => {
  const css = `@import "base.css";
    @font-face { font-family: a; src: url(/a.woff2) format("woff2") }
    a { background: url(../img/a.png), url("//cdn.example/b.png"), url(c.svg#icon); cursor: url(c.svg#other), auto }`;
  expect(await parseStylesheet(css, url, signal)).toEqual({
    assets: [
      { kind: 'style', href: 'http://shop.example/css/base.css' },
      { kind: 'font', href: 'http://shop.example/a.woff2' },
      { kind: 'image', href: 'http://shop.example/img/a.png' },
      { kind: 'image', href: 'http://cdn.example/b.png' },
      { kind: 'image', href: 'http://shop.example/css/c.svg' },
    ],
    leftOut: 0,
  });
});

test('reads NUL as the character that stands for it', async () => {
  const { assets } = await parseStylesheet('a{b:url(a\0b)}', url, signal);
  expect(assets.map(({ href }) => href)).toEqual(['http://shop.example/css/a%EF%BF%BDb']);
});

const piece = fc.constantFrom(
  'a',
  'b:',
  'a{',
  '}',
  ';',
  ',',
  'url(x)',
  'url("y")',
  'url( ',
  ')',
  '"',
  '"z"',
  '@import ',
  '@font-face{',
  'src:',
  '@media x{',
  '@layer a;',
  'image-set(',
  'format(',
  '/*',
  '*/',
  '\\',
  ' ',
  '\n',
  '--c:',
  '{',
  '(',
  '[',
);

test('finds the same in a style element as in a stylesheet, and only http URLs, whatever the text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 9, arbitrary: piece }, hostileString), { maxLength: 30, size: 'max' }),
      async (pieces) => {
        const css = pieces.join('').replaceAll('<', '');
        const { assets } = await parseStylesheet(css, url, signal);
        expect((await parsePage(`<style>${css}</style>`, url, { signal })).assets).toEqual(assets);
        for (const { protocol, hash } of assets.map(({ href }) => new URL(href))) {
          expect([/^https?:$/.test(protocol), hash]).toEqual([true, '']);
        }
      },
    ),
    { numRuns: 3_000 },
  );
});

const latin1 = Buffer.from('@charset "utf-8";é', 'latin1');
test.each([
  ['the byte order mark', Buffer.from('\ufeffé', 'utf16le'), 'text/css; charset=latin1', 'é'],
  ['the header', latin1, 'text/css; charset="latin1"', '@charset "utf-8";é'],
  ['its rule', Buffer.from('@charset "latin1";é', 'latin1'), 'text/css', '@charset "latin1";é'],
  [
    'its rule, which was read as ASCII',
    Buffer.from('@charset "utf-16";é'),
    'text/css',
    '@charset "utf-16";é',
  ],
  ['its page', Buffer.from('é', 'latin1'), 'text/css', 'é'],
])('decodes a stylesheet by %s', async (_by, bytes, contentType, css) => {
  const { text } = await decodeStylesheet(bytes, { contentType, environment: 'windows-1252', signal });
  expect(text).toBe(css);
});
