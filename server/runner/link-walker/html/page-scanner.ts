import { decodeHTML, decodeHTMLAttribute } from 'entities/decode';
import type { TokenizerCallbacks } from 'htmlparser2';
import { MAX_URL_CHARACTERS } from '../page-url.ts';
import { MAX_REFERENCES, type ReferenceList } from '../reference-list.ts';
import { findReferences, REFERENCE_ATTRIBUTES, type Surroundings } from './element-references.ts';
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
const LONG_ATTRIBUTES = new Set(['srcset', 'imagesrcset', 'style']);
const MAX_LONG_CHARACTERS = 250_000;

/** Takes what a tokenizer finds that leaves entities as they are. Positions are those of the whole page. */
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
  /** Whether its attributes may refer to something. */
  #takesReferences = false;
  /** Whether the element is in a template. */
  #isInert = false;
  /** Of the open start tag. */
  readonly #attributes = new Map<string, string>();
  /** The attribute that is being read; `null` when it does not matter. */
  #attribute: string | null = null;
  /** As written. */
  #value = '';
  /** How many characters of the value are read. */
  #room = 0;

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
    const { name, mayRefer } = this.#elements.open(this.#html.slice(start, end).toLowerCase());
    this.#element = name;
    this.#takesReferences = mayRefer || name === 'base' || name === 'style';
    this.#attributes.clear();
  }

  onattribname(start: number, end: number): void {
    this.#attribute = null;
    this.#value = '';
    this.#room = 0;
    if (end - start > MAX_ATTRIBUTE_NAME) {
      return;
    }
    const name = this.#html.slice(start, end).toLowerCase();
    if (this.#isRead(name) && !this.#attributes.has(name)) {
      this.#attribute = name;
      // One character more than what is taken, so that a longer value is seen to be longer.
      this.#room = MAX_LONG_CHARACTERS + 1;
    }
  }

  onattribdata(start: number, end: number): void {
    if (this.#room > 0) {
      const value = this.#html.slice(start, Math.min(end, start + this.#room));
      this.#room -= value.length;
      this.#value += value;
    }
  }

  onattribend(): void {
    if (this.#attribute !== null) {
      this.#attributes.set(this.#attribute, readValue(this.#attribute, this.#value));
    }
    this.#attribute = null;
  }

  onopentagend(): void {
    if (
      this.#element === 'template' &&
      /^(open|closed)$/i.test(this.#attributes.get('shadowrootmode') ?? '')
    ) {
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
    const { last } = this.#elements;
    // Most end tags are those of the innermost element.
    const isLast = last.length === end - start && this.#html.startsWith(last, start);
    const name = isLast ? last : this.#html.slice(start, end).toLowerCase();
    if (name === 'style') {
      this.#endStyle();
    }
    this.#elements.close(name);
  }

  ontext(start: number, end: number): void {
    if (this.#style !== null) {
      const text = this.#html.slice(start, end);
      // Entities are read in the styles of SVG alone.
      this.#style += this.#elements.isInForeignContext ? decodeHTML(text) : text;
    } else if (this.#shell.isUndecided) {
      this.#shell.addText(decodeHTML(this.#html.slice(start, end)), this.#elements);
    }
  }

  oncdata(start: number, end: number): void {
    const text = this.#html.slice(start, end);
    if (this.#style !== null) {
      this.#style += text;
    } else if (this.#shell.isUndecided) {
      this.#shell.addText(text, this.#elements);
    }
  }

  onend(): void {
    this.#endStyle();
  }

  onattribentity(): void {}
  ontextentity(): void {}
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

  #takeElement(): void {
    const attributes = this.#attributes;
    if (attributes.size > 0) {
      this.#leaveOutLongAttributes();
      this.#targets?.add(attributes.get('id'));
      this.#targets?.add(attributes.get('name'));
      this.#addStyle({ css: attributes.get('style') ?? '', isAttribute: true });
    }
    if (!this.#takesReferences) {
      return;
    }
    if (this.#element === 'base') {
      this.base ??= attributes.get('href') ?? null;
      this.#list.hasBase = this.base !== null;
    } else if (this.#element === 'style') {
      this.#style = isCss(attributes.get('type')) ? '' : null;
    } else if (attributes.size > 0 || this.#element === 'script') {
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
    if (style.css === '' || !/[(@]/.test(style.css)) {
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

/** What an attribute holds, with its entities decoded. */
function readValue(attribute: string, written: string): string {
  const value = written.includes('&') ? decodeHTMLAttribute(written) : written;
  const most = LONG_ATTRIBUTES.has(attribute) ? MAX_LONG_CHARACTERS : MAX_URL_CHARACTERS;
  return value.length > most ? value.slice(0, most + 1) : value;
}
