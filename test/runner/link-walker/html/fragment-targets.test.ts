import { expect, test } from '@jest/globals';
import { hasTarget } from '../../../../server/runner/link-walker/html/fragment-targets.ts';
import { parsePage } from '../../../../server/runner/link-walker/parse-page.ts';

const url = new URL('http://shop.example/dir/page');
const parse = (html: string) =>
  parsePage(html, url, { signal: new AbortController().signal, fragments: true });
const list = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

test('takes ids and names of links as targets, except in templates and comments', async () => {
  const { targets } = await parse(`<p id=a>x</p><a name="b">x</a><svg><g ID="c&amp;d"/></svg><input name=e>
    <template id=f><p id=g></template><!-- <p id=h> --><p id="">x</p><p id=i id=j>x</p>`);
  expect([...(targets ?? [])]).toEqual(['a', 'b', 'c&d', 'f', 'i']);
});

test.each([
  ['', true],
  ['top', true],
  ['TOP', true],
  ['t%6fp', true],
  ['prices', true],
  ['Prices', false],
  ['pric%65s', true],
  ['%C3%A9', true],
  ['é', true],
  ['a%20b', true],
  ['a b', true],
  ['100%', true],
  ['100%25', true],
  ['%41', true],
  ['gone', false],
  ['%E9', false],
  [':~:text=gone', true],
  ['prices:~:text=gone', true],
  ['gone:~:text=prices', false],
  ['/route', true],
  ['!route', true],
])('tells whether the fragment %j has a target: %s', (fragment, isThere) => {
  expect(hasTarget(new Set(['prices', 'é', 'a b', '100%', '%41']), fragment)).toBe(isThere);
});

test('keeps the fragments of each link, as written and each once', async () => {
  const { links } = await parse(
    '<a href="#a">x</a><a href="/b#c">x</a><a href="/b#d&amp;e">x</a><a href="../b#c">x</a>',
  );
  expect(links).toEqual([
    { href: url.href, fragments: ['a'] },
    { href: 'http://shop.example/b', fragments: ['c', 'd&e'] },
  ]);
});

test('keeps no fragments and no targets unless asked', async () => {
  const { signal } = new AbortController();
  const { links, targets } = await parsePage('<a id=a href="#a">x</a>', url, { signal });
  expect({ links, targets }).toEqual({ links: [{ href: url.href, fragments: [] }], targets: null });
});

test('keeps no targets of a page that has more than 20,000, or very long ones', async () => {
  expect((await parse(list(20_000, (index) => `<p id=${index}>`))).targets?.size).toBe(20_000);
  expect((await parse(list(20_001, (index) => `<p id=${index}>`))).targets).toBeNull();
  expect((await parse(list(100, (index) => `<p id=${index}${'x'.repeat(6_000)}>`))).targets).toBeNull();
});

test('counts fragments after the first 5,000, and those that are too long, as left out', async () => {
  const { links, leftOut } = await parse(list(6_000, (index) => `<a href="#${index}">x</a>`));
  expect({ fragments: links[0]?.fragments.length, leftOut }).toEqual({ fragments: 5_000, leftOut: 1_000 });
  expect(await parse(`<a href="#${'x'.repeat(501)}">x</a>`)).toMatchObject({ leftOut: 1 });
});
