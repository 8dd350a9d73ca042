import type { TokenizerCallbacks } from 'htmlparser2';
import { MAX_URL_CHARACTERS } from '../page-url.ts';
import { MAX_REFERENCES, type ReferenceList } from '../reference-list.ts';
import { findReferences, mayRefer, REFERENCE_ATTRIBUTES, type Surroundings } from './element-references.ts';
import { FragmentTargets } from './fragment-targets.ts';
import { isCss } from './link-references.ts';
import { OpenElements } from './open-elements.ts';
import { scriptKind } from './script-kind.ts';
import { ShellDetector } from './shell-detector.ts';

export interface PageStyle {
  readonly css: string;
  /** Whether it is that of a `style` attribute. */
  readonly isAttribute: boolean;
}

export interface PageScannerOptions {
  /** Takes what elements refer to. What styles refer to is not in it. */
  readonly list: ReferenceList;
  /** Whether ids are kept. */
  readonly fragments: boolean;
}

const MAX_ATTRIBUTE_NAME = 14;
/** `srcset`, `imagesrcset` and `style` hold many URLs. */
const LONG_ATTRIBUTES = /^(srcset|imagesrcset|style)$/;
const MAX_LONG_CHARACTERS = 250_000;

/** Takes what the tokenizer finds. Positions are those of the whole page. */
export class PageScanner implements TokenizerCallbacks {
  base: string | null = null;
  readonly #html: string;
  readonly #list: ReferenceList;
  readonly #targets: FragmentTargets | null;
  readonly #shell = new ShellDetector();
  readonly #elements = new OpenElements();
  readonly #surroundings: Surroundings;
  /** By their text, since many elements have the same `style`. */
  readonly #styles = new Map<string, PageStyle>();
  /** The text of the `style` element that is open, else `null`. */
  #style: string | null = null;
  #element = '';
  /** Whether the element is in a template. */
  #isInert = false;
  /** Of the open start tag. */
  readonly #attributes = new Map<string, string>();
  /** The attribute that is being read; `null` when it does not matter. */
  #attribute: string | null = null;
  #value = '';

  constructor(html: string, { list, fragments }: PageScannerOptions) {
    this.#html = html;
    this.#list = list;
    this.#targets = fragments ? new FragmentTargets() : null;
    const elements = this.#elements;
    this.#surroundings = {
      get isSvg() {
        return elements.isSvg;
      },
      isWithin: (name) => elements.isWithin(name),
    };
  }

  get styles(): Iterable<PageStyle> {
    return this.#styles.values();
  }

  get targets(): ReadonlySet<string> | null {
    return this.#targets?.all ?? null;
  }

  get isShell(): boolean {
    return this.#shell.isShell;
  }

  isInForeignContext(): boolean {
    return this.#elements.isInForeignContext;
  }

  onopentagname(start: number, end: number): void {
    this.#isInert = this.#elements.isInTemplate;
    this.#element = this.#elements.open(this.#html.slice(start, end).toLowerCase());
    this.#attributes.clear();
  }

  onattribname(start: number, end: number): void {
    this.#attribute = null;
    this.#value = '';
    if (end - start <= MAX_ATTRIBUTE_NAME) {
      const name = this.#html.slice(start, end).toLowerCase();
      this.#attribute = this.#isRead(name) && !this.#attributes.has(name) ? name : null;
    }
  }

  onattribdata(start: number, end: number): void {
    const room = this.#roomForValue();
    if (room > 0) {
      this.#value += this.#html.slice(start, Math.min(end, start + room));
    }
  }

  onattribentity(codepoint: number): void {
    if (this.#roomForValue() > 0) {
      this.#value += String.fromCodePoint(codepoint);
    }
  }

  onattribend(): void {
    if (this.#attribute !== null) {
      this.#attributes.set(this.#attribute, this.#value);
    }
    this.#attribute = null;
  }

  onopentagend(): void {
    const mode = this.#attributes.get('shadowrootmode') ?? '';
    if (this.#element === 'template' && /^(open|closed)$/i.test(mode)) {
      this.#elements.openShadowRoot();
    }
    if (!this.#isInert) {
      this.#takeElement();
    }
  }

  onselfclosingtag(): void {
    this.onopentagend();
    if (this.#elements.isInForeignContext) {
      this.#style = null;
    }
    this.#elements.closeSelfClosing();
  }

  onclosetag(start: number, end: number): void {
    const name = this.#html.slice(start, end).toLowerCase();
    if (name === 'style') {
      this.#endStyle();
    }
    this.#elements.close(name);
  }

  ontext(start: number, end: number): void {
    if (this.#style !== null) {
      this.#style += this.#html.slice(start, end);
    } else if (this.#shell.isUndecided) {
      this.#shell.addText(this.#html.slice(start, end), this.#elements);
    }
  }

  ontextentity(codepoint: number): void {
    if (this.#style !== null) {
      this.#style += String.fromCodePoint(codepoint);
    }
  }

  oncdata(start: number, end: number): void {
    this.ontext(start, end);
  }

  onend(): void {
    this.#endStyle();
  }

  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}

  #isRead(attribute: string): boolean {
    switch (attribute) {
      case 'style':
        return true;
      case 'id':
        return this.#targets !== null;
      case 'name':
        return this.#targets !== null && this.#element === 'a';
      case 'shadowrootmode':
        return this.#element === 'template';
      default:
        return this.#takesReferences && REFERENCE_ATTRIBUTES.has(attribute);
    }
  }

  get #takesReferences(): boolean {
    return this.#element === 'base' || this.#element === 'style' || mayRefer(this.#element);
  }

  /** One character more than what is taken, so that a longer value is seen to be longer. */
  #roomForValue(): number {
    if (this.#attribute === null) {
      return 0;
    }
    const most = LONG_ATTRIBUTES.test(this.#attribute) ? MAX_LONG_CHARACTERS : MAX_URL_CHARACTERS;
    return most + 1 - this.#value.length;
  }

  #takeElement(): void {
    const attributes = this.#attributes;
    this.#leaveOutLongAttributes();
    this.#targets?.add(attributes.get('id'));
    this.#targets?.add(attributes.get('name'));
    this.#addStyle({ css: attributes.get('style') ?? '', isAttribute: true });
    if (this.#element === 'base') {
      this.base ??= attributes.get('href') ?? null;
      this.#list.hasBase = this.base !== null;
    } else if (this.#element === 'style') {
      this.#style = isCss(attributes.get('type')) ? '' : null;
    } else if (mayRefer(this.#element)) {
      this.#takeReferences();
    }
  }

  #leaveOutLongAttributes(): void {
    for (const [name, value] of this.#attributes) {
      if (value.length > MAX_LONG_CHARACTERS) {
        this.#attributes.delete(name);
        this.#list.leftOut += 1;
      }
    }
  }

  #takeReferences(): void {
    const isPlain = this.#shell.isUndecided && !this.#elements.has('noscript');
    if (isPlain && this.#element === 'script' && scriptKind(this.#attributes) !== null) {
      this.#shell.addScript();
    }
    for (const reference of findReferences(this.#element, this.#attributes, this.#surroundings)) {
      this.#list.add(reference);
      if (isPlain && reference.kind === 'link') {
        this.#shell.addLink(reference.href);
      }
    }
  }

  #endStyle(): void {
    this.#addStyle({ css: this.#style ?? '', isAttribute: false });
    this.#style = null;
  }

  #addStyle(style: PageStyle): void {
    // Whatever is loaded is named in brackets or by `@import`.
    if (!/[(@]/.test(style.css)) {
      return;
    }
    const id = `${style.isAttribute} ${style.css}`;
    if (this.#styles.size < MAX_REFERENCES) {
      this.#styles.set(id, style);
    } else if (!this.#styles.has(id)) {
      this.#list.leftOut += 1;
    }
  }
}
