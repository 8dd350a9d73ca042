import { decodeCssEscapes } from './css-escapes.ts';

/** A token that is one of `: ; , ( ) [ ] { }` is its own kind. */
export type CssTokenKind =
  | 'space'
  | 'comment'
  | 'ident'
  | 'function'
  | 'at-keyword'
  | 'string'
  | 'bad-string'
  | 'url'
  | 'bad-url'
  | 'html-comment'
  | 'other'
  | ':'
  | ';'
  | ','
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '}';

const PUNCTUATION: ReadonlyMap<string, CssTokenKind> = new Map(
  ([':', ';', ',', '(', ')', '[', ']', '{', '}'] as const).map((kind) => [kind, kind]),
);

/** Of a name or a URL, more is not decoded: it is too long for any use. An escape has up to eight characters. */
const MAX_RAW_CHARACTERS = 80_000;

const SPACES = /[ \t\n\r\f]*/y;
/** Those of names, beside ASCII: halves of pairs stand for all after U+FFFF, and NUL for U+FFFD. */
const BEYOND_ASCII =
  '\\0\\u00b7\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u203f\\u2040\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\udfff\\uf900-\\ufdcf\\ufdf0-\\ufffd';
const NAME_CHARACTERS = new RegExp(`[-\\w${BEYOND_ASCII}]*`, 'y');
const NAME_START = new RegExp(`-?(?:[a-zA-Z_${BEYOND_ASCII}]|\\\\(?![\\n\\r\\f]))|--`, 'y');
const NUMBER = /[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?/iy;
const MAX_HEX_DIGITS = 6;
const QUOTE = /["']/y;
/** By its quote. */
const ENDS_OF_STRING_PART: Readonly<Record<string, ReadonlySet<number>>> = {
  '"': codesOf('"\\\n\r\f'),
  "'": codesOf("'\\\n\r\f"),
};
/** Spaces too, and control characters, which a URL without quotes may not have. */
const ENDS_OF_URL_PART = codesOf(
  `)"'(\\\x7f${String.fromCharCode(...Array.from({ length: 0x20 }, (_, code) => code + 1))}`,
);
const ENDS_OF_BAD_URL_PART = codesOf(')\\');

/**
 * The tokens of a stylesheet, as CSS Syntax defines them, one at a time so that other work can go on between two. Takes
 * time in proportion to the stylesheet, and no memory beside it. Numbers, hashes and delimiters are all `other`.
 */
export class CssTokens {
  kind: CssTokenKind = 'space';
  start = 0;
  end = 0;
  readonly #css: string;
  /** Where the text of a string or a URL begins and ends, without quotes and brackets. */
  #textStart = 0;
  #textEnd = 0;

  constructor(css: string) {
    this.#css = css;
  }

  /** Goes to the next token. `false` at the end. */
  next(): boolean {
    this.start = this.end;
    if (this.start >= this.#css.length) {
      return false;
    }
    this.kind = this.#read(this.#css.charAt(this.start));
    return true;
  }

  /** The token's text, decoded: a name without `@` and `(`, what a string or a URL holds. */
  get text(): string {
    const end = Math.min(this.#textEnd, this.#textStart + MAX_RAW_CHARACTERS);
    return decodeCssEscapes(this.#css.slice(this.#textStart, end));
  }

  /** `text` in lower case, to compare names. */
  get name(): string {
    return this.text.toLowerCase();
  }

  #read(first: string): CssTokenKind {
    switch (first) {
      case ' ':
      case '\t':
      case '\n':
      case '\r':
      case '\f':
        this.#skip(SPACES);
        return 'space';
      case '"':
      case "'":
        return this.#readString(first);
      case '#':
        this.end += 1;
        this.#skipName();
        return 'other';
      default:
        return this.#readPunctuation(first) ?? this.#readNumberOrName(first);
    }
  }

  #readPunctuation(first: string): CssTokenKind | undefined {
    const kind = PUNCTUATION.get(first);
    if (kind !== undefined) {
      this.end += 1;
      return kind;
    }
    if (first === '/' && this.#css.startsWith('/*', this.start)) {
      const close = this.#css.indexOf('*/', this.start + 2);
      this.end = close === -1 ? this.#css.length : close + 2;
      return 'comment';
    }
    const comment = first === '<' ? '<!--' : '-->';
    if ((first === '<' || first === '-') && this.#css.startsWith(comment, this.start)) {
      this.end += comment.length;
      return 'html-comment';
    }
    return undefined;
  }

  #readNumberOrName(first: string): CssTokenKind {
    // Most names begin with a letter, which no number does.
    if (first <= '9' && this.#skip(NUMBER)) {
      if (this.#isAt(NAME_START)) {
        this.#skipName();
      } else if (this.#css[this.end] === '%') {
        this.end += 1;
      }
      return 'other';
    }
    if (first === '@') {
      this.end += 1;
      return this.#isAt(NAME_START) ? this.#readName('at-keyword') : 'other';
    }
    if (!this.#isAt(NAME_START)) {
      this.end += 1;
      return 'other';
    }
    this.#readName('ident');
    if (this.#css[this.end] !== '(') {
      return 'ident';
    }
    const isUrl = this.#textEnd - this.#textStart <= 24 && this.name === 'url';
    this.end += 1;
    return isUrl ? this.#readUrl() : 'function';
  }

  #readName(kind: CssTokenKind): CssTokenKind {
    this.#textStart = this.end;
    this.#skipName();
    this.#textEnd = this.end;
    return kind;
  }

  #skipName(): void {
    this.#skip(NAME_CHARACTERS);
    while (this.#css[this.end] === '\\' && !isNewline(this.#css[this.end + 1])) {
      this.#skipEscape();
      this.#skip(NAME_CHARACTERS);
    }
  }

  #readString(quote: string): CssTokenKind {
    this.end += 1;
    this.#textStart = this.end;
    const ends = ENDS_OF_STRING_PART[quote] ?? ENDS_OF_BAD_URL_PART;
    for (;;) {
      const found = this.#find(ends);
      this.#textEnd = this.end;
      const isLastBackslash = found === '\\' && this.end === this.#css.length - 1;
      if (found === quote || found === '' || isLastBackslash) {
        this.end += found.length;
        return 'string';
      }
      if (found !== '\\') {
        return 'bad-string';
      }
      this.#skipEscape();
    }
  }

  /** After `url(`. One with quotes is a function, whose argument is the next token. */
  #readUrl(): CssTokenKind {
    const open = this.end;
    this.#skip(SPACES);
    if (this.#isAt(QUOTE)) {
      this.end = open;
      return 'function';
    }
    this.#textStart = this.end;
    for (;;) {
      const found = this.#find(ENDS_OF_URL_PART);
      this.#textEnd = this.end;
      if (found === '\\' && !isNewline(this.#css[this.end + 1])) {
        this.#skipEscape();
        continue;
      }
      if (/[ \t\n\r\f]/.test(found)) {
        this.#skip(SPACES);
      }
      if (this.end >= this.#css.length || this.#css[this.end] === ')') {
        this.end = Math.min(this.end + 1, this.#css.length);
        return 'url';
      }
      return this.#skipBadUrl();
    }
  }

  #skipBadUrl(): CssTokenKind {
    for (;;) {
      const found = this.#find(ENDS_OF_BAD_URL_PART);
      if (found !== '\\') {
        this.end += found.length;
        return 'bad-url';
      }
      this.#skipEscape();
    }
  }

  /** Goes on after a backslash and what belongs to it, in strings a line break too. */
  #skipEscape(): void {
    let at = this.end + 1;
    const most = at + MAX_HEX_DIGITS;
    while (at < most && isHexDigit(this.#css.charCodeAt(at))) {
      at += 1;
    }
    const hasDigits = at > this.end + 1;
    const next = this.#css[at] ?? '';
    if (next === '\r' && this.#css[at + 1] === '\n') {
      at += 2;
    } else if (!hasDigits || isNewline(next) || next === ' ' || next === '\t') {
      at += 1;
    }
    this.end = Math.min(at, this.#css.length);
  }

  /**
   * Goes to the next of these characters, and returns it; at the end, nothing. Not by a pattern: to begin with one costs as
   * much as 50 characters, and a hostile URL has an escape after each.
   */
  #find(ends: ReadonlySet<number>): string {
    let at = this.end;
    while (at < this.#css.length && !ends.has(this.#css.charCodeAt(at))) {
      at += 1;
    }
    this.end = at;
    return this.#css[at] ?? '';
  }

  #isAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.end;
    return pattern.test(this.#css);
  }

  /** Whether anything was skipped. */
  #skip(pattern: RegExp): boolean {
    const { end } = this;
    if (this.#isAt(pattern)) {
      this.end = pattern.lastIndex;
    }
    return this.end > end;
  }
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}

function isNewline(character: string | undefined): boolean {
  return character === '\n' || character === '\r' || character === '\f';
}

function isHexDigit(code: number): boolean {
  const letter = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}
