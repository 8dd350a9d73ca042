import { type Context, type ElementKind, kindOf } from './element-kinds.ts';

/**
 * Elements are followed to this depth; browsers stop at 512. Deeper ones are only counted, so that a page of start
 * tags does not fill the memory.
 */
export const MAX_DEPTH = 2_000;

interface OpenElement {
  readonly kind: ElementKind;
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
  /** Of the innermost element's content. */
  #context: Context = 'html';

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
    return this.#find(name) !== -1;
  }

  /** Whether the element that was opened last is in one of this name. */
  isWithin(name: string): boolean {
    const innermost = this.#find(name);
    const isItself = this.#lastOpened === 'followed' && innermost === this.#stack.length - 1;
    return isItself ? this.#stack.at(-1)?.outer !== -1 : innermost !== -1;
  }

  /** Whether the content is SVG or MathML, where `<script/>` has no content and `<title>` may have elements. */
  get isInForeignContext(): boolean {
    return this.#context !== 'html';
  }

  /** The name of the innermost element; empty when none is open. */
  get last(): string {
    return this.#stack.at(-1)?.kind.name ?? '';
  }

  /** Opens the element of a start tag. Returns its kind, whose name SVG writes in another way than HTML. */
  open(tagName: string): ElementKind {
    const kind = kindOf(this.#nameElement(tagName));
    this.#lastOpened = 'void';
    if (kind.name === 'form' && this.has('form')) {
      return kind;
    }
    this.#endImplied(kind);
    if (kind.isVoid) {
      return kind;
    }
    if (this.#stack.length >= MAX_DEPTH) {
      this.#deeper += 1;
      this.#lastOpened = 'counted';
      return kind;
    }
    this.#push(kind);
    this.#lastOpened = 'followed';
    return kind;
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
    const { name, isVoid } = kindOf(this.#nameElement(tagName));
    if (isVoid) {
      return;
    }
    if (this.#deeper > 0) {
      this.#deeper -= 1;
      return;
    }
    const depth = this.#find(name);
    while (depth !== -1 && this.#stack.length > depth) {
      this.#pop();
    }
  }

  #nameElement(tagName: string): string {
    if (tagName === 'foreignobject') {
      // Of the names that SVG writes with capitals, only this one matters: its content is HTML.
      return this.#context === 'svg' || this.has('foreignObject') ? 'foreignObject' : tagName;
    }
    return tagName === 'image' && !this.isInForeignContext ? 'img' : tagName;
  }

  #endImplied({ ends }: ElementKind): void {
    if (ends === undefined || this.#deeper > 0) {
      return;
    }
    for (
      let last = this.#stack.at(-1);
      last !== undefined && ends.has(last.kind.name);
      last = this.#stack.at(-1)
    ) {
      this.#pop();
    }
  }

  #push(kind: ElementKind): void {
    const context = kind.context ?? this.#context;
    const isInert = kind.name === 'template';
    this.#innermost.set(
      kind.name,
      this.#stack.push({ kind, isInert, outer: this.#find(kind.name), context }) - 1,
    );
    this.#context = context;
    if (isInert) {
      this.#templates += 1;
    }
  }

  #pop(): void {
    const element = this.#stack.pop();
    if (element === undefined) {
      return;
    }
    const { kind, outer } = element;
    // Names of the page's own would otherwise be kept to its end.
    if (outer === -1 && !kind.isKnown) {
      this.#innermost.delete(kind.name);
    } else {
      this.#innermost.set(kind.name, outer);
    }
    this.#context = this.#stack.at(-1)?.context ?? 'html';
    if (element.isInert) {
      this.#templates -= 1;
    }
  }

  /** Where the innermost element of this name is; -1 when there is none. */
  #find(name: string): number {
    return this.#innermost.get(name) ?? -1;
  }
}
