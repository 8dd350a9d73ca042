import { expect, test } from '@jest/globals';
import { parsePage } from '../../../server/runner/link-walker/parse-page.ts';

const url = new URL('http://shop.example/');
const { signal } = new AbortController();
const list = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
const fill = (text: string) => text.repeat(Math.ceil((2 * 1024 * 1024) / text.length));

/** Each of these once took from seconds to a minute, and blocked the whole server. */
test.each([
  ['elements within elements', fill('<div>')],
  ['elements that are never closed', fill('<svg><math>')],
  ['a srcset of spaces', `<img srcset="a${fill(' ')}">`],
  ['a srcset of commas', `<img srcset="a${fill(', ')}">`],
  ['a srcset of many URLs', `<img srcset="${fill('a, ')}">`],
  ['a srcset of open brackets', `<img srcset="${fill('a (')}">`],
  ['a long base and many links', `<base href="/${'b'.repeat(7_900)}/">${fill('<a href=x>')}`],
  ['styles', fill('<style>a{b:url(x)}</style>')],
  ['a style', `<style>${fill('a{b:url(x)}')}`],
  ['style attributes', list(90_000, (index) => `<p style="b:url(${index})">`)],
  ['ids', list(180_000, (index) => `<p id=${index}>`)],
  ['fragments', list(100_000, (index) => `<a href="#${index}">`)],
  [
    'fragments of one page that is written in many ways',
    list(90_000, (index) => `<a href="?${index % 4_000}&#9;#${index}">`),
  ],
  ['shadow roots', fill('<template shadowrootmode=open>')],
  ['objects in objects', fill('<object data=x>')],
  ['queries in another charset', list(5_000, (index) => `<a href="?${'漢'.repeat(130)}${index}">`)],
  ['a refresh without a URL', `<meta http-equiv=refresh content="${fill('url ')}">`],
])('parses 2 MB of %s within 5 s', async (_what, html) => {
  const startedAt = performance.now();
  await parsePage(html, url, { signal, fragments: true, charset: 'windows-1252' });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('keeps the first 5,000 links of a page', async () => {
  const html = Array.from({ length: 20_000 }, (_, index) => `<a href="/${index}">x</a>`).join('');
  expect((await parsePage(html, url, { signal })).links).toHaveLength(5_000);
});

test('leaves out a link that is too long for any server', async () => {
  const { links } = await parsePage(`<a href="/${'x'.repeat(9_000)}">x</a><a href="/y">y</a>`, url, {
    signal,
  });
  expect(links).toMatchObject([{ href: 'http://shop.example/y' }]);
});
