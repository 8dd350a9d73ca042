import { expect, test } from '@jest/globals';
import { parseStylesheet } from '../../../../server/runner/link-walker/css/parse-stylesheet.ts';

const url = new URL('http://shop.example/css/shop.css');
const { signal } = new AbortController();
const parse = (css: string) => parseStylesheet(css, url, signal);
const fill = (text: string) => text.repeat(Math.ceil((2 * 1024 * 1024) / text.length));
const list = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

/** A tokenizer whose time grows with the square of the stylesheet takes minutes for some of these. */
test.each([
  ['rules', fill('a{b:c}')],
  ['url(', fill('url(')],
  ['url("', `a{b:${fill('url("')}`],
  ['an open URL', `a{b:url(${fill('a')}`],
  ['URLs with spaces in them', fill('url(a b)')],
  ['a URL of escapes', `a{b:url(${fill('\\28 ')})}`],
  ['imports', fill('@import "a";')],
  ['one import', `@import "a" ${fill('supports(a) ')}`],
  ['brackets in brackets', fill('(')],
  ['brackets of all kinds', `a{--b:${fill('({[')}`],
  ['rules in rules', fill('a{')],
  ['functions in functions', `a{b:${fill('image-set(')}`],
  ['open strings', fill('"')],
  ['strings that a line break ends', fill('"\n')],
  ['one string of escapes', `a{b:url("${fill('\\a')}`],
  ['open comments', fill('/*')],
  ['an open comment', `/*${fill('*')}`],
  ['names of escapes', fill('\\28 ')],
  ['digits', fill('1')],
  ['numbers that are none', fill('1.')],
  ['alternatives of a font', `@font-face{src:${fill('url(a) format(x),')}}`],
  ['a data: URL', `a{b:url(data:font/woff2;base64,${fill('A')})}`],
])('parses 2 MB of %s in less than 5 s of processor time', async (_what, css) => {
  const before = process.cpuUsage();
  await parse(css);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(5_000);
});

test('keeps the first 5,000 URLs that a stylesheet loads, and counts the others', async () => {
  const { assets, leftOut } = await parse(list(6_000, (index) => `a{b:url(${index})}`));
  expect({ assets: assets.length, last: assets.at(-1)?.href, leftOut }).toEqual({
    assets: 5_000,
    last: 'http://shop.example/css/4999',
    leftOut: 1_000,
  });
});

test('counts one more when a single declaration has too many URLs', async () => {
  const { assets, leftOut } = await parse(`a{b:${list(9_000, (index) => `url(${index}),`)}}`);
  expect({ assets: assets.length, leftOut }).toEqual({ assets: 5_000, leftOut: 1 });
});

test('leaves out a URL that is too long for any server, and continues', async () => {
  const { assets, leftOut } = await parse(`a{b:url(${'x'.repeat(9_000)})} a{b:url(y)}`);
  expect({ assets, leftOut }).toEqual({
    assets: [{ kind: 'image', href: 'http://shop.example/css/y' }],
    leftOut: 1,
  });
});

test('reads to a depth of 1,000 brackets, and counts the rest as left out', async () => {
  const deep = (depth: number) => `${'a{'.repeat(depth)}b:url(x)${'}'.repeat(depth)} a{b:url(y)}`;
  expect(await parse(deep(900))).toMatchObject({ assets: [{}, {}], leftOut: 0 });
  expect(await parse(deep(1_100))).toEqual({ assets: [], leftOut: 1 });
});

test('stops reading when the check is cancelled', async () => {
  const controller = new AbortController();
  const reading = parseStylesheet(fill('a{b:c}'), url, controller.signal);
  controller.abort('cancelled by a test');
  await expect(reading).rejects.toBe('cancelled by a test');
});
