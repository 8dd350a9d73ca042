import type { Reference } from '../reference-list.ts';
import { CssDeclaration } from './css-declaration.ts';
import {
  CURLY,
  type Frame,
  frameOfAtRule,
  frameOfFunction,
  IGNORED,
  isReadAtRule,
  ROUND,
  RULES,
  SQUARE,
} from './css-frames.ts';
import type { CssTokens } from './css-tokens.ts';

/** What follows in a stylesheet whose brackets go deeper is ignored. Real ones go to about ten. */
const MAX_DEPTH = 1_000;

/** What is being read. `name` may still become a declaration or the start of a rule. */
type CssStatement =
  | { readonly type: 'rule' }
  | { readonly type: 'at-rule'; readonly name: string }
  | { readonly type: 'import'; href: string | null; hasTarget: boolean }
  | { readonly type: 'name'; readonly name: string }
  | CssDeclaration;

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
  #statement: CssStatement | null = null;
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
        this.#open(frameOfFunction(this.#tokens.name));
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
    if (name === 'layer' ? this.#hasImport : name === 'namespace' || isReadAtRule(name)) {
      this.#allowsImports = false;
    }
  }

  #startRule(): void {
    this.#allowsImports = false;
    const statement: CssStatement = { type: 'rule' };
    this.#statement = statement;
    this.#takeInStatement(statement);
  }

  #takeInStatement(statement: CssStatement): void {
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
    this.#statement = new CssDeclaration(name, this.#frame?.kind === 'font-face');
  }

  #openBlock(statement: CssStatement): void {
    if (statement.type === 'declaration' && (statement.isCustom || this.#isAttribute)) {
      statement.take(this.#tokens, this.#frame?.kind);
      this.#open(CURLY);
      return;
    }
    // A `style` attribute has no rules: what has a block is dropped, up to the next `;`.
    if (this.#isAttribute) {
      this.#open(CURLY);
      return;
    }
    // What began like a declaration was a selector, as in `a:hover {`.
    this.#statement = null;
    this.#allowsImports &&=
      statement.type === 'import' || (statement.type === 'at-rule' && !isReadAtRule(statement.name));
    if (statement.type === 'import') {
      this.#open(IGNORED);
    } else {
      this.#open(statement.type === 'at-rule' ? frameOfAtRule(statement.name) : RULES);
    }
  }

  /** A token of a value, of the part of a rule before its block, or of an ignored block. */
  #takeWithin(): void {
    const statement = this.#statement;
    if (statement?.type === 'import') {
      this.#takeInImport(statement);
    } else if (statement?.type === 'declaration') {
      statement.take(this.#tokens, this.#frame?.kind);
    }
    this.#openBrackets();
  }

  #takeInImport(statement: Extract<CssStatement, { type: 'import' }>): void {
    const { kind } = this.#tokens;
    if (statement.hasTarget || kind === 'space') {
      return;
    }
    const isFunction = kind === 'function' && frameOfFunction(this.#tokens.name).kind === 'url';
    statement.hasTarget = !isFunction;
    if (kind === 'string' || kind === 'url') {
      statement.href = this.#tokens.text;
    }
  }

  #endStatement(): void {
    const statement = this.#statement;
    this.#statement = null;
    if (statement?.type === 'import' && statement.href !== null) {
      this.#onReference({ kind: 'style', href: statement.href });
    } else if (statement?.type === 'declaration') {
      this.#endDeclaration(statement);
    }
  }

  #endDeclaration(declaration: CssDeclaration): void {
    this.#font = declaration.font ?? this.#font;
    for (const href of declaration.images) {
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
