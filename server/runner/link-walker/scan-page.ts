import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { findReferences, MAX_REFERENCES, mayRefer, type Reference } from './element-references.ts';
import { OpenElements } from './open-elements.ts';
import { isTooLong, MAX_URL_CHARACTERS } from './page-url.ts';
import { TimeSlices } from './time-slices.ts';

export interface PageReferences {
  /** Each once, in the page's order and without fragment; also those in `noscript`: this runner runs no scripts. */
  readonly references: readonly Reference[];
  /** The `href` of the first `<base>` that has one; `null` when there is none. */
  readonly base: string | null;
  /** How many references were left out because they are too long, or too many. */
  readonly leftOut: number;
}

/** A few milliseconds of work. */
const CHUNK_CHARACTERS = 32 * 1024;

const READ_ATTRIBUTES = new Set(['href', 'src', 'srcset', 'poster', 'type', 'rel', 'http-equiv', 'content']);
const MAX_ATTRIBUTE_NAME = 10;
const MAX_SRCSET_CHARACTERS = 250_000;

/**
 * Reads what a page refers to, as written, in time proportional to its size. Rejects with the reason of `signal` when
 * that is aborted.
 */
export async function scanPage(html: string, signal: AbortSignal): Promise<PageReferences> {
  const slices = new TimeSlices(signal);
  const scanner = new PageScanner(html);
  const tokenizer = new Tokenizer({}, scanner);
  for (let start = 0; start < html.length; start += CHUNK_CHARACTERS) {
    tokenizer.write(html.slice(start, start + CHUNK_CHARACTERS));
    if (slices.isOver()) {
      await slices.next();
    }
  }
  tokenizer.end();
  return scanner;
}

/** Takes what the tokenizer finds. Positions are those of the whole page. */
class PageScanner implements TokenizerCallbacks, PageReferences {
  readonly references: Reference[] = [];
  base: string | null = null;
  leftOut = 0;
  readonly #seen = new Set<string>();
  readonly #html: string;
  readonly #elements = new OpenElements();
  #element = '';
  /** Of an element that may refer to something and is not in a template; else `null`. */
  #attributes: Map<string, string> | null = null;
  /** The attribute that is being read; `null` when it does not matter. */
  #attribute: string | null = null;
  #value = '';

  constructor(html: string) {
    this.#html = html;
  }

  isInForeignContext(): boolean {
    return this.#elements.isInForeignContext;
  }

  onopentagname(start: number, end: number): void {
    this.#element = this.#elements.open(this.#html.slice(start, end).toLowerCase());
    const isRead = this.#element === 'base' || mayRefer(this.#element);
    this.#attributes = isRead && !this.#elements.isInTemplate ? new Map() : null;
  }

  onattribname(start: number, end: number): void {
    this.#attribute = null;
    this.#value = '';
    if (this.#attributes !== null && end - start <= MAX_ATTRIBUTE_NAME) {
      const name = this.#html.slice(start, end).toLowerCase();
      this.#attribute = READ_ATTRIBUTES.has(name) && !this.#attributes.has(name) ? name : null;
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
      this.#attributes?.set(this.#attribute, this.#value);
    }
    this.#attribute = null;
  }

  onopentagend(): void {
    if (this.#attributes !== null) {
      this.#takeReferences(this.#attributes);
    }
    this.#attributes = null;
  }

  onselfclosingtag(): void {
    this.onopentagend();
    this.#elements.closeSelfClosing();
  }

  onclosetag(start: number, end: number): void {
    this.#elements.close(this.#html.slice(start, end).toLowerCase());
  }

  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onend(): void {}
  onprocessinginstruction(): void {}
  ontext(): void {}
  ontextentity(): void {}

  /** One character more than what is taken, so that a longer value is seen to be longer. */
  #roomForValue(): number {
    if (this.#attribute === null) {
      return 0;
    }
    const most = this.#attribute === 'srcset' ? MAX_SRCSET_CHARACTERS : MAX_URL_CHARACTERS;
    return most + 1 - this.#value.length;
  }

  #takeReferences(attributes: Map<string, string>): void {
    if (this.#element === 'base') {
      const href = attributes.get('href') ?? '';
      this.base ??= href.trim() === '' ? null : href;
      return;
    }
    if ((attributes.get('srcset')?.length ?? 0) > MAX_SRCSET_CHARACTERS) {
      attributes.delete('srcset');
      this.leftOut += 1;
    }
    for (const reference of findReferences(this.#element, attributes)) {
      this.#take(reference);
    }
  }

  #take({ kind, href: written }: Reference): void {
    const [href = ''] = written.split('#', 1);
    const id = `${kind} ${href}`;
    if (isOtherScheme(href) || this.#seen.has(id)) {
      return;
    }
    if (isTooLong(href) || this.references.length >= MAX_REFERENCES) {
      this.leftOut += 1;
      return;
    }
    this.#seen.add(id);
    this.references.push({ kind, href });
  }
}

/** `data:`, `mailto:` and the like, which are not opened. */
function isOtherScheme(href: string): boolean {
  return /^[\0-\x20]*(?!https?:)[a-z][a-z\d+.-]*:/i.test(href);
}
