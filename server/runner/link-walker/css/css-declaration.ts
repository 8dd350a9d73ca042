import { MAX_REFERENCES } from '../reference-list.ts';
import type { FrameKind } from './css-frames.ts';
import type { CssTokenKind, CssTokens } from './css-tokens.ts';
import { FontSources } from './font-sources.ts';

/** No value has these, but that of a custom property may have the last three in brackets. */
const BAD_TOKENS: ReadonlySet<CssTokenKind> = new Set(['bad-string', 'bad-url', ';', '{', '}']);

/** Properties that Chromium does not know, among them those that only old browsers load something for. */
const UNKNOWN_PROPERTY = /^(_|-(?:ms|moz|o|khtml)-|behavior$|src$)/;

/** A declaration that is being read, and what it loads. */
export class CssDeclaration {
  readonly type = 'declaration';
  readonly #property: string;
  readonly #isOfFont: boolean;
  readonly #fonts = new FontSources();
  readonly #images: string[] = [];
  /** Whether a browser drops it. */
  #isBad = false;

  constructor(name: string, isOfFont: boolean) {
    this.#property = name.startsWith('--') ? name : name.toLowerCase();
    this.#isOfFont = isOfFont;
  }

  get isCustom(): boolean {
    return this.#property.startsWith('--');
  }

  /** The images to load, as written. Call it at the end. */
  get images(): readonly string[] {
    const isRead = !this.#isBad && !this.#isOfFont && !UNKNOWN_PROPERTY.test(this.#property);
    return isRead ? this.#images : [];
  }

  /** The font to load, as written; `null` when there is none. Call it at the end. */
  get font(): string | null {
    this.#fonts.endAlternative();
    return this.#isBad || !this.#isFontSource ? null : this.#fonts.chosen;
  }

  /** Takes the next token of the value; `within` are the brackets around it. */
  take(tokens: CssTokens, within: FrameKind | undefined): void {
    const { kind } = tokens;
    if (BAD_TOKENS.has(kind)) {
      this.#isBad ||= kind.startsWith('bad-') || !this.isCustom;
    } else if (kind === 'url' || (kind === 'string' && within === 'url')) {
      this.#addUrl(tokens.text);
    } else if (this.#isFontSource) {
      this.#describeFont(tokens, within);
    } else if (kind === 'string' && within === 'image-set') {
      this.#addUrl(tokens.text);
    }
  }

  get #isFontSource(): boolean {
    return this.#isOfFont && this.#property === 'src';
  }

  #addUrl(href: string): void {
    if (this.#isFontSource) {
      this.#fonts.addUrl(href);
    } else if (this.#images.length <= MAX_REFERENCES) {
      this.#images.push(href);
    }
  }

  #describeFont(tokens: CssTokens, within: FrameKind | undefined): void {
    const { kind } = tokens;
    if (kind === ',' && within === 'font-face') {
      this.#fonts.endAlternative();
    } else if (within === 'format' && (kind === 'string' || kind === 'ident')) {
      this.#fonts.addFormat(tokens.name);
    } else if (within === 'tech' && kind === 'ident') {
      this.#fonts.addTechnology(tokens.name);
    }
  }
}
