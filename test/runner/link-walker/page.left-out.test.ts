import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_DEPTH, OpenElements } from '../../../server/runner/link-walker/html/open-elements.ts';
import { isTooLong, parseHttpUrl } from '../../../server/runner/link-walker/page-url.ts';
import { parsePage } from '../../../server/runner/link-walker/parse-page.ts';

const SITE = 'http://shop.example';
const parse = (html: string) =>
  parsePage(html, new URL(`${SITE}/dir/page`), {
    signal: new AbortController().signal,
  });
const list = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

test('reads an ordinary page in full', async () => {
  const html = `${list(1_000, (index) => `<a href="${index}?utm_source=x#top">x</a>`)}<img src="data:,${'x'.repeat(9_000)}">`;
  const { links, leftOut } = await parse(html);
  expect({ links: links.length, leftOut }).toEqual({ links: 1_000, leftOut: 0 });
});

test('links to places of one page are one link', async () => {
  expect(await parse(list(20_000, (index) => `<a href="#${index}">x</a>`))).toEqual({
    links: [{ href: `${SITE}/dir/page`, fragments: [] }],
    assets: [],
    leftOut: 0,
    targets: null,
    isShell: false,
  });
});

test('links after the first 5,000 are counted, repeated ones are not', async () => {
  const html = list(6_000, (index) => `<a href="/${index}">x</a>`);
  const { links, leftOut } = await parse(html + list(6_000, (index) => `<a href="/${index % 10}">x</a>`));
  expect({ links: links.length, leftOut }).toEqual({ links: 5_000, leftOut: 1_000 });
});

test.each([
  ['letters', 'x'.repeat(8_001)],
  ['letters that are written with nine characters each', '漢'.repeat(900)],
  ['a host name', `//${'x'.repeat(301)}`],
  ['a host name with a line break', `http:/\n/${'漢'.repeat(301)}/`],
])('a link is left out when it has too many characters of %s', async (_what, href) => {
  expect(await parse(`<a href="${href}">x</a><a href="/y">y</a>`)).toMatchObject({
    links: [{ href: `${SITE}/y` }],
    assets: [],
    leftOut: 1,
  });
});

test('a link is followed if only its fragment is long', async () => {
  expect(await parse(`<a href="/y#${'x'.repeat(9_000)}">y</a>`)).toMatchObject({
    links: [{ href: `${SITE}/y` }],
    leftOut: 0,
  });
});

test.each([
  ['itself', `/${'x'.repeat(9_000)}/`],
  ['as an absolute URL', `/${'漢'.repeat(1_000)}/`],
])('only links that need just the origin are resolved when the base is too long %s', async (_when, base) => {
  const { links, leftOut } = await parse(
    `<base href="https://cdn.example${base}"><a href="a">a</a><a href="?b">b</a><a href="/c">c</a><a href="//d.example">d</a><a href="http://e.example/">e</a>`,
  );
  expect({ links: links.map(({ href }) => href), leftOut }).toEqual({
    links: ['https://cdn.example/c', 'https://d.example/', 'http://e.example/'],
    leftOut: 2,
  });
});

test('a long base is ignored if it is not an http URL', async () => {
  const { links, leftOut } = await parse(`<base href="data:,${'x'.repeat(9_000)}"><a href="a">a</a>`);
  expect({ links, leftOut }).toMatchObject({ links: [{ href: `${SITE}/dir/a` }], leftOut: 0 });
});

test('the links of a page have 2 million characters at most, and the others are counted', async () => {
  const { links, leftOut } = await parse(
    list(1_000, (index) => `<a href="/${'x'.repeat(4_000)}${index}">x</a>`),
  );
  expect(links.length + leftOut).toBe(1_000);
  const characters = links.map(({ href }) => href).join('').length;
  expect(characters).toBeGreaterThan(1_990_000);
  expect(characters).toBeLessThan(2_010_000);
});

test('4 million characters of base and links are resolved, and the other links counted', async () => {
  const { links, leftOut } = await parse(
    `<base href="/${'d/'.repeat(3_500)}">${list(2_000, (index) => `<a href="/${index}">x</a>`)}`,
  );
  expect(links.length + leftOut).toBe(2_000);
  expect(Math.abs(links.length * 7_025 - 4_000_000)).toBeLessThan(20_000);
});

test('a srcset is left out if it is too long, and cut to its first images if it has many', async () => {
  expect(await parse(`<img src="/a" srcset="${'x, '.repeat(100_000)}">`)).toMatchObject({
    assets: [{ kind: 'image', href: `${SITE}/a` }],
    leftOut: 1,
  });
  const { assets, leftOut } = await parse(`<img srcset="${list(20_000, (index) => `${index}, `)}">`);
  expect({ assets: assets.length, leftOut }).toEqual({ assets: 5_000, leftOut: 1 });
});

test('elements are tracked to a depth of 2,000, and deeper ones are read as well', async () => {
  const elements = new OpenElements();
  for (let depth = 0; depth < 100_000; depth += 1) {
    elements.open('div');
  }
  expect(elements.depth).toBe(MAX_DEPTH);

  const deep = (inner: string) => `${'<div>'.repeat(5_000)}${inner}${'</div>'.repeat(5_000)}`;
  const html = `<template>${deep('<a href="/in-template">x</a><svg><path/></svg>')}</template>${deep('<a href="/deep">x</a>')}`;
  expect((await parse(html)).links).toMatchObject([{ href: `${SITE}/deep` }]);
});

test('calls no URL too long that would fit', () => {
  const piece = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 5 })
    .filter((text) => !/[/\\.\s]/.test(text));
  fc.assert(
    fc.property(piece, fc.integer({ min: 1, max: 3_000 }), (text, count) => {
      const href = `/${text.repeat(count)}`;
      const length = parseHttpUrl(href, SITE)?.href.length ?? 0;
      expect(isTooLong(href) && length <= 8_000).toBe(false);
    }),
    { numRuns: 300 },
  );
});
