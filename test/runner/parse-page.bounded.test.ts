import { expect, test } from '@jest/globals';
import { parsePage } from '../../server/runner/link-walker/parse-page.ts';

const url = new URL('http://shop.example/');
const fill = (text: string) => text.repeat(Math.ceil((2 * 1024 * 1024) / text.length));

/** Each of these once took from seconds to a minute, and the server could do nothing else in that time. */
test.each([
  ['elements within elements', fill('<div>')],
  ['elements that nothing ends', fill('<svg><math>')],
  ['a srcset of spaces', `<img srcset="a${fill(' ')}">`],
  ['a srcset of commas', `<img srcset="a${fill(', ')}">`],
  ['a srcset of many', `<img srcset="${fill('a, ')}">`],
  ['a srcset of open brackets', `<img srcset="${fill('a (')}">`],
  ['a long base and many links', `<base href="/${'b'.repeat(7_900)}/">${fill('<a href=x>')}`],
  ['a refresh that goes nowhere', `<meta http-equiv=refresh content="${fill('url ')}">`],
])('reads 2 MB of %s in a short time', (_what, html) => {
  const startedAt = performance.now();
  parsePage(html, url);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('takes the first links of a page with more links than real pages have', () => {
  const html = Array.from({ length: 20_000 }, (_, index) => `<a href="/${index}">x</a>`).join('');
  expect(parsePage(html, url).links).toHaveLength(5_000);
});

test('leaves out a link that is too long for any server', () => {
  expect(parsePage(`<a href="/${'x'.repeat(9_000)}">x</a><a href="/y">y</a>`, url).links.map(String)).toEqual(
    ['http://shop.example/y'],
  );
});
