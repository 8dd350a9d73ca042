import { mayRefer } from './element-references.ts';

/** Elements of SVG and MathML whose content is HTML again. */
const INTEGRATION_POINTS = new Set([
  'mi',
  'mo',
  'mn',
  'ms',
  'mtext',
  'annotation-xml',
  'foreignObject',
  'desc',
  'title',
]);

const VOID_ELEMENTS = new Set(
  'area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr'.split(
    ' ',
  ),
);

/** Which open elements a start tag ends, as in `<li>one<li>two`. */
const IMPLIED_ENDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [
    ['tr', 'tr th td'],
    ['th', 'th'],
    ['td', 'thead th td'],
    ['body', 'head link script'],
    ['a', 'a'],
    ['li', 'li'],
    ['h1 h2 h3 h4 h5 h6', 'h1 h2 h3 h4 h5 h6 p'],
    ['select input output button datalist textarea', 'input option optgroup select button datalist textarea'],
    ['option', 'option'],
    ['optgroup', 'optgroup option'],
    ['dd dt', 'dd dt'],
    [
      'p address article aside blockquote details div dl fieldset figcaption figure footer form header hr main nav ol pre section table ul',
      'p',
    ],
    ['rt rp', 'rt rp'],
    ['tbody tfoot', 'thead tbody'],
  ].flatMap(([starts = '', ended = '']) => {
    const names = new Set(ended.split(' '));
    return starts.split(' ').map((start) => [start, names] as const);
  }),
);

const OTHER_NAMES =
  'abbr audio b body caption canvas cite code del dfn em figure g head html i iframe ins kbd label legend map mark math noscript object p path picture q s samp script small span strong style sub summary sup svg template time title u use var video';

/** What the name of an element says about it. */
export interface ElementKind {
  readonly name: string;
  /** Whether it is one of the names that pages have in common. */
  readonly isKnown: boolean;
  /** Whether it has no content, and no end tag. */
  readonly isVoid: boolean;
  /** Which open elements its start tag ends. */
  readonly ends: ReadonlySet<string> | undefined;
  /** Of its content; `null` when that is as around the element. */
  readonly context: Context | null;
  /** Whether `findReferences` can find something in it. */
  readonly mayRefer: boolean;
}

export type Context = 'html' | 'svg' | 'math';

/** Pages have the same names again and again: to look one up costs less than to ask several tables about it. */
const KINDS: ReadonlyMap<string, ElementKind> = new Map(
  [...VOID_ELEMENTS, ...INTEGRATION_POINTS, ...IMPLIED_ENDS.keys(), ...OTHER_NAMES.split(' ')].map((name) => [
    name,
    createKind(name, { isKnown: true }),
  ]),
);

/** By the name in lower case; only `foreignObject` is written as SVG has it. */
export function kindOf(name: string): ElementKind {
  return KINDS.get(name) ?? createKind(name, { isKnown: false });
}

function createKind(name: string, { isKnown }: Pick<ElementKind, 'isKnown'>): ElementKind {
  const isForeign = name === 'svg' || name === 'math';
  return {
    name,
    isKnown,
    isVoid: VOID_ELEMENTS.has(name),
    ends: IMPLIED_ENDS.get(name),
    context: isForeign ? name : INTEGRATION_POINTS.has(name) ? 'html' : null,
    mayRefer: mayRefer(name),
  };
}
