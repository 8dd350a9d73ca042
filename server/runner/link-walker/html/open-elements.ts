/**
 * Elements are followed to this depth; browsers stop at 512. Deeper ones are only counted, so that a page of start
 * tags does not fill the memory.
 */
export const MAX_DEPTH = 2_000;

const VOID_ELEMENTS = new Set(
  'area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr'.split(
    ' ',
  ),
);

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

type Context = 'html' | 'svg' | 'math';

interface OpenElement {
  readonly name: string;
  /** Whether it is a template whose content is not part of the page. */
  isInert: boolean;
  /** Where the next outer element of this name is; -1 when there is none. */
  readonly outer: number;
  /** Of its content. */
  readonly context: Context;
}

/**
 * The elements that are open where a page is being read, as the parser of htmlparser2 follows them. That one looks
 * through all of them for each end tag. This one keeps the innermost element of each name, so that a page takes time
 * in proportion to its size.
 */
export class OpenElements {
  readonly #stack: OpenElement[] = [];
  readonly #innermost = new Map<string, number>();
  #templates = 0;
  /** How many more are open than `MAX_DEPTH`. */
  #deeper = 0;
  #lastOpened: 'followed' | 'counted' | 'void' = 'void';

  get depth(): number {
    return this.#stack.length;
  }

  /** The content of a template is not part of the page until a script fills it in. */
  get isInTemplate(): boolean {
    return this.#templates > 0;
  }

  /** Whether the content is SVG. */
  get isSvg(): boolean {
    return this.#context === 'svg';
  }

  /** Whether an element of this name is open. */
  has(name: string): boolean {
    return this.#innermost.has(name);
  }

  /** Whether the element that was opened last is in one of this name. */
  isWithin(name: string): boolean {
    const innermost = this.#innermost.get(name);
    const isItself = this.#lastOpened === 'followed' && innermost === this.#stack.length - 1;
    return isItself ? this.#stack.at(-1)?.outer !== -1 : innermost !== undefined;
  }

  /** Whether the content is SVG or MathML, where `<script/>` has no content and `<title>` may have elements. */
  get isInForeignContext(): boolean {
    return this.#context !== 'html';
  }

  /** Opens the element of a start tag. Returns its name, which SVG writes in another way than HTML. */
  open(tagName: string): string {
    const name = this.#nameElement(tagName);
    this.#lastOpened = 'void';
    if (name === 'form' && this.#innermost.has('form')) {
      return name;
    }
    const ended = IMPLIED_ENDS.get(name);
    while (ended?.has(this.#stack.at(-1)?.name ?? '') && this.#deeper === 0) {
      this.#pop();
    }
    if (VOID_ELEMENTS.has(name)) {
      return name;
    }
    if (this.#stack.length >= MAX_DEPTH) {
      this.#deeper += 1;
      this.#lastOpened = 'counted';
      return name;
    }
    this.#push(name);
    this.#lastOpened = 'followed';
    return name;
  }

  /** Makes the content of the template that was opened last a part of the page. */
  openShadowRoot(): void {
    const template = this.#lastOpened === 'followed' ? this.#stack.at(-1) : undefined;
    if (template?.isInert === true) {
      template.isInert = false;
      this.#templates -= 1;
    }
  }

  /** Call it at the `/>` of a start tag: in SVG and MathML, that ends the element. */
  closeSelfClosing(): void {
    if (!this.isInForeignContext) {
      return;
    }
    if (this.#lastOpened === 'followed') {
      this.#pop();
    } else if (this.#lastOpened === 'counted') {
      this.#deeper -= 1;
    }
  }

  /** Closes the element of an end tag, and all within it. Ignores a tag that ends nothing. */
  close(tagName: string): void {
    const name = this.#nameElement(tagName);
    if (VOID_ELEMENTS.has(name)) {
      return;
    }
    if (this.#deeper > 0) {
      this.#deeper -= 1;
      return;
    }
    const depth = this.#innermost.get(name);
    while (depth !== undefined && this.#stack.length > depth) {
      this.#pop();
    }
  }

  get #context(): Context {
    return this.#stack.at(-1)?.context ?? 'html';
  }

  #nameElement(tagName: string): string {
    if (tagName === 'foreignobject') {
      // Of the names that SVG writes with capitals, only this one matters: its content is HTML.
      const isSvg = this.#context === 'svg' || this.#innermost.has('foreignObject');
      return isSvg ? 'foreignObject' : tagName;
    }
    return tagName === 'image' && !this.isInForeignContext ? 'img' : tagName;
  }

  #push(name: string): void {
    const context = name === 'svg' || name === 'math' ? name : this.#contextWithin(name);
    const isInert = name === 'template';
    this.#stack.push({ name, isInert, outer: this.#innermost.get(name) ?? -1, context });
    this.#innermost.set(name, this.#stack.length - 1);
    if (isInert) {
      this.#templates += 1;
    }
  }

  #contextWithin(name: string): Context {
    return INTEGRATION_POINTS.has(name) ? 'html' : this.#context;
  }

  #pop(): void {
    const element = this.#stack.pop();
    if (element === undefined) {
      return;
    }
    if (element.outer === -1) {
      this.#innermost.delete(element.name);
    } else {
      this.#innermost.set(element.name, element.outer);
    }
    if (element.isInert) {
      this.#templates -= 1;
    }
  }
}
