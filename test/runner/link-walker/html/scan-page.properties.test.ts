import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { findReferences } from '../../../../server/runner/link-walker/html/element-references.ts';
import { scanPage } from '../../../../server/runner/link-walker/html/scan-page.ts';
import { ReferenceList } from '../../../../server/runner/link-walker/reference-list.ts';
import { hostileString } from '../../../fuzz/hostile-values.ts';

const { signal } = new AbortController();

/** What htmlparser2's own parser finds. Its time grows with the square of the page, so it is not used. */
function parse(html: string) {
  const list = new ReferenceList();
  let base: string | null = null;
  const open: string[] = [];
  new Parser({
    onopentag(name, attributes) {
      const outer = [...open];
      open.push(name);
      if (open.some((element) => element.startsWith('template'))) {
        if (!outer.includes('template') && attributes.shadowrootmode === 'open') {
          open.splice(-1, 1, 'shadow root');
        }
        return;
      }
      if (name === 'base') {
        base ??= attributes.href ?? null;
        list.hasBase = base !== null;
      }
      const isSvg = open.findLast((element) => FOREIGN.includes(element)) === 'svg';
      const surroundings = { isSvg, isWithin: (element: string) => outer.includes(element) };
      for (const reference of findReferences(name, new Map(Object.entries(attributes)), surroundings)) {
        list.add(reference);
      }
    },
    onclosetag() {
      open.pop();
    },
  }).end(html);
  return { references: list.references, base };
}

/** SVG and MathML, and what ends them. */
const FOREIGN = [
  'svg',
  'math',
  'mi',
  'mo',
  'mn',
  'ms',
  'mtext',
  'annotation-xml',
  'foreignObject',
  'desc',
  'title',
];

const NAMES =
  'a p div li ul table tr td th thead tbody h1 h2 form select option optgroup button br hr template svg math title desc mi foreignObject script style textarea iframe noscript xmp plaintext dd dt rt rp image img link base body head TEMPLATE SVG object embed video audio source picture use'.split(
    ' ',
  );
const name = fc.constantFrom(...NAMES);
const href = fc.constantFrom(
  'x',
  '/y?a=1&amp;b=2',
  '/z&copy=1',
  '&#x2f;n&#47;m',
  'a&lt',
  '#f',
  'data:,x',
  '\n t ',
  'é',
);
const attribute = fc
  .tuple(
    fc.constantFrom(
      'href',
      'src',
      'HREF',
      'srcset',
      'rel',
      'poster',
      'type',
      'class',
      'data',
      'xlink:href',
      'shadowrootmode',
    ),
    fc.constantFrom('="', "='", '=', ' = "', ''),
    fc.oneof(href, fc.constantFrom('icon', 'stylesheet', 'image', 'open', 'module')),
  )
  .map(([key, equals, value]) => `${key}${equals}${value}${equals.slice(-1).replace('=', ' ')}`);
const startTag = fc
  .tuple(name, fc.array(attribute, { maxLength: 3 }), fc.constantFrom('>', '>', '>', '/>', ' '))
  .map(([element, attributes, end]) => `<${element} ${attributes.join(' ')}${end}`);
const endTag = name.map((element) => `</${element}>`);
const other = fc.constantFrom(
  'text',
  '<!-- <a href=comment> -->',
  '<!--',
  '-->',
  '<![CDATA[<a href=cdata>]]>',
  '<!doctype html>',
  '<?x?>',
  '<a href=real>',
  '<img src=real>',
  '<svg><image href=x /><a href=in-svg>',
  '<meta http-equiv=refresh content="0; url=/fresh">',
);
const page = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: startTag }, { weight: 3, arbitrary: endTag }, other, hostileString),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(''));

/** The page is read in pieces, so some begin where anything may be cut in two. */
const piece = 32 * 1024;
const padding = fc.oneof(
  fc.constant(''),
  fc.nat(200).map((rest) => ' '.repeat(piece - rest)),
);

test('finds the same in any page as a parser that keeps all open elements', async () => {
  await fc.assert(
    fc.asyncProperty(padding, page, async (start, rest) => {
      const html = start + rest;
      const { references, base, leftOut } = await scanPage(html, { signal });
      expect({ references, base, leftOut }).toEqual({ ...parse(html), leftOut: 0 });
    }),
    { numRuns: 2_000 },
  );
});

/** Few names at a time, so that they meet. Images tell which content is a template's, and which is SVG or MathML. */
const nested = fc
  .uniqueArray(name, { minLength: 1, maxLength: 2 })
  .chain((names) =>
    fc.array(fc.tuple(fc.constantFrom('', '/'), fc.constantFrom(...names, 'template', 'svg')), {
      maxLength: 25,
      size: 'max',
    }),
  )
  .map((tags) =>
    tags.map(([slash, tag], index) => `<${slash}${tag}><img src=${index}><image src=${index}a />`).join(''),
  );

test('recognizes the content of a template or an image, however tags are mismatched', async () => {
  await fc.assert(
    fc.asyncProperty(nested, async (html) => {
      const { references } = await scanPage(html, { signal });
      expect(references).toEqual(parse(html).references);
    }),
    { numRuns: 20_000 },
  );
}, 120_000);
