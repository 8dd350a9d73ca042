import { MAX_REFERENCES, type Reference } from '../reference-list.ts';
import type { CssTokenKind, CssTokens } from './css-tokens.ts';
import { FontSources } from './font-sources.ts';

/** What follows in a stylesheet whose brackets go deeper is ignored. Real ones go to about ten. */
const MAX_DEPTH = 1_000;

/** At-rules whose blocks browsers read. Blocks of others, as `@-moz-document`, are ignored. */
const READ_AT_RULES =
  /^(media|supports|layer|container|scope|starting-style|font-face|page|(-webkit-)?keyframes|counter-style|(top|bottom|left|right)-[a-z-]+)$/;

/** No value has these, but that of a custom property may have the last three in brackets. */
const BAD_TOKENS: ReadonlySet<CssTokenKind> = new Set(['bad-string', 'bad-url', ';', '{', '}']);

/** Properties that Chromium does not know, among them those that only old browsers load something for. */
const UNKNOWN_PROPERTY = /^(_|-(?:ms|moz|o|khtml)-|behavior$|src$)/;

type FrameKind = 'rules' | 'font-face' | 'ignored' | 'brackets' | FunctionKind;
type FunctionKind = 'url' | 'image-set' | 'format' | 'tech';

interface Frame {
  readonly kind: FrameKind;
  readonly closer: ')' | ']' | '}';
}

const FUNCTIONS: ReadonlyMap<string, Frame> = new Map(
  (
    [
      ['url', 'url'],
      ['image-set', 'image-set'],
      ['-webkit-image-set', 'image-set'],
      ['format', 'format'],
      ['tech', 'tech'],
    ] as const
  ).map(([name, kind]) => [name, { kind, closer: ')' }]),
);
const ROUND: Frame = { kind: 'brackets', closer: ')' };
const SQUARE: Frame = { kind: 'brackets', closer: ']' };
const CURLY: Frame = { kind: 'brackets', closer: '}' };
const RULES: Frame = { kind: 'rules', closer: '}' };
const FONT_FACE: Frame = { kind: 'font-face', closer: '}' };
const IGNORED: Frame = { kind: 'ignored', closer: '}' };

/** What is being read. `name` may still become a declaration or the start of a rule. */
type Statement =
  | { readonly type: 'rule' }
  | { readonly type: 'at-rule'; readonly name: string }
  | { readonly type: 'import'; href: string | null; hasTarget: boolean }
  | { readonly type: 'name'; readonly name: string }
  | Declaration;

interface Declaration {
  readonly type: 'declaration';
  readonly property: string;
  /** Whether a browser drops it. */
  isBad: boolean;
  readonly images: string[];
  /** Of the `src` of a `@font-face`, else `null`. */
  readonly fonts: FontSources | null;
}

export interface StylesheetScannerOptions {
  /** Whether the text is that of a `style` attribute. */
  readonly isAttribute?: boolean;
  readonly onReference: (reference: Reference) => void;
}

/**
 * Finds what a stylesheet loads, from its tokens: the targets of `@import` where it is allowed, the images of
 * declarations, and for each `@font-face` the one file that a browser chooses. Takes every condition (`@media`,
 * `@supports`) as met and every selector as matching: that depends on the reader's device and on scripts.
 */
export class StylesheetScanner {
  /** Whether the rest is ignored because brackets go too deep. */
  isTooDeep = false;
  readonly #tokens: CssTokens;
  readonly #isAttribute: boolean;
  readonly #onReference: (reference: Reference) => void;
  readonly #frames: Frame[] = [];
  #statement: Statement | null = null;
  #allowsImports: boolean;
  #hasImport = false;
  /** What the open `@font-face` loads. Its last valid `src` counts. */
  #font: string | null = null;

  constructor(tokens: CssTokens, { isAttribute = false, onReference }: StylesheetScannerOptions) {
    this.#tokens = tokens;
    this.#isAttribute = isAttribute;
    this.#onReference = onReference;
    this.#allowsImports = !isAttribute;
  }

  /** Reads one token. `false` when there is nothing more to read. */
  step(): boolean {
    if (!this.isTooDeep && this.#tokens.next()) {
      this.#take();
      return true;
    }
    this.#end();
    return false;
  }

  /** The end of the text closes all that is open. */
  #end(): void {
    while (this.#frames.length > 0) {
      this.#close();
    }
    this.#endStatement();
  }

  get #frame(): Frame | undefined {
    return this.#frames.at(-1);
  }

  /** Where rules are, and no declarations. */
  get #isTopOfStylesheet(): boolean {
    return this.#frames.length === 0 && !this.#isAttribute;
  }

  /** Whether no statement can begin or end here: in brackets, and in a block that is ignored. */
  get #isBetweenBrackets(): boolean {
    const kind = this.#frame?.kind;
    return kind !== undefined && kind !== 'rules' && kind !== 'font-face';
  }

  #take(): void {
    const { kind } = this.#tokens;
    if (kind === 'comment') {
      return;
    }
    if (kind === this.#frame?.closer) {
      this.#close();
    } else if (this.#isBetweenBrackets) {
      this.#takeWithin();
    } else if (this.#statement === null) {
      this.#startStatement();
    } else {
      this.#takeInStatement(this.#statement);
    }
  }

  #close(): void {
    const { kind } = this.#frame ?? IGNORED;
    if (kind === 'rules' || kind === 'font-face') {
      this.#endStatement();
    }
    if (kind === 'font-face') {
      this.#endFontFace();
    }
    this.#frames.pop();
  }

  #open(frame: Frame): void {
    this.#frames.push(frame);
    this.isTooDeep = this.#frames.length > MAX_DEPTH;
  }

  /** Opens the brackets of a value. `false` when the token is no bracket. */
  #openBrackets(): boolean {
    switch (this.#tokens.kind) {
      case 'function':
        this.#open(FUNCTIONS.get(this.#tokens.name) ?? ROUND);
        return true;
      case '(':
        this.#open(ROUND);
        return true;
      case '[':
        this.#open(SQUARE);
        return true;
      case '{':
        this.#open(CURLY);
        return true;
      default:
        return false;
    }
  }

  #startStatement(): void {
    const { kind } = this.#tokens;
    if (kind === 'space' || kind === ';' || (this.#isTopOfStylesheet && kind === 'html-comment')) {
      return;
    }
    if (kind === 'at-keyword') {
      this.#startAtRule(this.#tokens.name);
    } else if (kind === 'ident' && !this.#isTopOfStylesheet) {
      this.#statement = { type: 'name', name: this.#tokens.text };
    } else {
      this.#startRule();
    }
  }

  #startAtRule(name: string): void {
    if (name === 'import' && this.#isTopOfStylesheet && this.#allowsImports) {
      this.#statement = { type: 'import', href: null, hasTarget: false };
      this.#hasImport = true;
      return;
    }
    this.#statement = { type: 'at-rule', name };
    // At-rules that browsers do not know switch nothing off, nor does `@layer a;` before the first `@import`.
    if (name === 'layer' ? this.#hasImport : name === 'namespace' || READ_AT_RULES.test(name)) {
      this.#allowsImports = false;
    }
  }

  #startRule(): void {
    this.#allowsImports = false;
    const statement: Statement = { type: 'rule' };
    this.#statement = statement;
    this.#takeInStatement(statement);
  }

  #takeInStatement(statement: Statement): void {
    const { kind } = this.#tokens;
    if (statement.type === 'name') {
      this.#takeAfterName(statement.name);
    } else if (kind === ';' && !(statement.type === 'rule' && this.#isTopOfStylesheet)) {
      this.#endStatement();
    } else if (kind === '{') {
      this.#openBlock(statement);
    } else {
      this.#takeWithin();
    }
  }

  #takeAfterName(name: string): void {
    const { kind } = this.#tokens;
    if (kind === 'space') {
      return;
    }
    if (kind !== ':') {
      this.#startRule();
      return;
    }
    const property = name.startsWith('--') ? name : name.toLowerCase();
    const isFont = this.#frame?.kind === 'font-face' && property === 'src';
    const fonts = isFont ? new FontSources() : null;
    this.#statement = { type: 'declaration', property, isBad: false, images: [], fonts };
  }

  #openBlock(statement: Statement): void {
    const isCustom = statement.type === 'declaration' && statement.property.startsWith('--');
    if (isCustom || this.#isAttribute) {
      this.#openCurlyValue(statement, isCustom);
      return;
    }
    // What began like a declaration was a selector, as in `a:hover {`.
    this.#statement = null;
    this.#allowsImports &&=
      statement.type === 'import' || (statement.type === 'at-rule' && !READ_AT_RULES.test(statement.name));
    if (statement.type === 'import') {
      this.#open(IGNORED);
    } else if (statement.type !== 'at-rule') {
      this.#open(RULES);
    } else if (statement.name === 'font-face') {
      this.#open(FONT_FACE);
    } else {
      this.#open(READ_AT_RULES.test(statement.name) ? RULES : IGNORED);
    }
  }

  /** A `style` attribute has no rules: what has a block is dropped, up to the next `;`. */
  #openCurlyValue(statement: Statement, isValid: boolean): void {
    if (statement.type === 'declaration') {
      statement.isBad ||= !isValid;
    }
    this.#open(CURLY);
  }

  /** A token of a value, of the part of a rule before its block, or of an ignored block. */
  #takeWithin(): void {
    const statement = this.#statement;
    if (statement?.type === 'import') {
      this.#takeInImport(statement);
    } else if (statement?.type === 'declaration') {
      this.#takeInDeclaration(statement);
    }
    this.#openBrackets();
  }

  #takeInImport(statement: Extract<Statement, { type: 'import' }>): void {
    const { kind } = this.#tokens;
    if (statement.hasTarget || kind === 'space') {
      return;
    }
    const isFunction = kind === 'function' && FUNCTIONS.get(this.#tokens.name)?.kind === 'url';
    statement.hasTarget = !isFunction;
    if (kind === 'string' || kind === 'url') {
      statement.href = this.#tokens.text;
    }
  }

  #takeInDeclaration(declaration: Declaration): void {
    const { kind } = this.#tokens;
    const within = this.#frame?.kind;
    if (BAD_TOKENS.has(kind)) {
      declaration.isBad ||= kind.startsWith('bad-') || !declaration.property.startsWith('--');
    } else if (kind === 'url' || (kind === 'string' && within === 'url')) {
      this.#addUrl(declaration);
    } else if (declaration.fonts !== null) {
      this.#describeFont(declaration.fonts, within);
    } else if (kind === 'string' && within === 'image-set') {
      this.#addUrl(declaration);
    }
  }

  #addUrl({ fonts, images }: Declaration): void {
    if (fonts !== null) {
      fonts.addUrl(this.#tokens.text);
    } else if (images.length <= MAX_REFERENCES) {
      images.push(this.#tokens.text);
    }
  }

  #describeFont(fonts: FontSources, within: FrameKind | undefined): void {
    const { kind } = this.#tokens;
    if (kind === ',' && within === 'font-face') {
      fonts.endAlternative();
    } else if (within === 'format' && (kind === 'string' || kind === 'ident')) {
      fonts.addFormat(this.#tokens.name);
    } else if (within === 'tech' && kind === 'ident') {
      fonts.addTechnology(this.#tokens.name);
    }
  }

  #endStatement(): void {
    const statement = this.#statement;
    this.#statement = null;
    if (statement?.type === 'import' && statement.href !== null) {
      this.#onReference({ kind: 'style', href: statement.href });
    } else if (statement?.type === 'declaration' && !statement.isBad) {
      this.#endDeclaration(statement);
    }
  }

  #endDeclaration({ property, images, fonts }: Declaration): void {
    if (fonts !== null) {
      fonts.endAlternative();
      this.#font = fonts.chosen ?? this.#font;
      return;
    }
    if (this.#frame?.kind === 'font-face' || UNKNOWN_PROPERTY.test(property)) {
      return;
    }
    for (const href of images) {
      this.#onReference({ kind: 'image', href });
    }
  }

  #endFontFace(): void {
    if (this.#font !== null) {
      this.#onReference({ kind: 'font', href: this.#font });
      this.#font = null;
    }
  }
}
