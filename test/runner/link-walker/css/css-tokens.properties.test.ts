import { type CSSToken, tokenizer as createTokenizer, TokenType } from '@csstools/css-tokenizer';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CssTokens } from '../../../../server/runner/link-walker/css/css-tokens.ts';
import { hostileString } from '../../../fuzz/hostile-values.ts';

const KINDS: ReadonlyMap<TokenType, string> = new Map([
  [TokenType.Whitespace, 'space'],
  [TokenType.Comment, 'comment'],
  [TokenType.Ident, 'ident'],
  [TokenType.Function, 'function'],
  [TokenType.AtKeyword, 'at-keyword'],
  [TokenType.String, 'string'],
  [TokenType.BadString, 'bad-string'],
  [TokenType.URL, 'url'],
  [TokenType.BadURL, 'bad-url'],
  [TokenType.CDO, 'html-comment'],
  [TokenType.CDC, 'html-comment'],
  [TokenType.Colon, ':'],
  [TokenType.Semicolon, ';'],
  [TokenType.Comma, ','],
  [TokenType.OpenParen, '('],
  [TokenType.CloseParen, ')'],
  [TokenType.OpenSquare, '['],
  [TokenType.CloseSquare, ']'],
  [TokenType.OpenCurly, '{'],
  [TokenType.CloseCurly, '}'],
]);
const WITH_TEXT = new Set(['ident', 'function', 'at-keyword', 'string', 'url']);

/** What a tokenizer finds that follows CSS Syntax too. Its time can grow with the square of the stylesheet. */
function readByOther(css: string) {
  const tokenizer = createTokenizer({ css });
  const tokens: { kind: string; source: string; text: string }[] = [];
  while (!tokenizer.endOfFile()) {
    const [type, source, , , parsed]: CSSToken = tokenizer.nextToken();
    if (type === TokenType.EOF) {
      break;
    }
    const kind = KINDS.get(type) ?? 'other';
    const text = WITH_TEXT.has(kind) && parsed !== undefined && 'value' in parsed ? String(parsed.value) : '';
    tokens.push({ kind, source, text });
  }
  return tokens;
}

function read(css: string) {
  const tokens = new CssTokens(css);
  const found: { kind: string; source: string; text: string }[] = [];
  while (tokens.next()) {
    const { kind, start, end } = tokens;
    const text = WITH_TEXT.has(kind) ? tokens.text : '';
    found.push({ kind, source: css.slice(start, end), text });
  }
  return found;
}

const piece = fc.constantFrom(
  ...'url( URL( u\\72l( a -a --a _ é @import @- # #a ( ) [ ] { } : ; , " \' \\ \\28 \\0 \\d800 \\110000 \\zz \\" 1 1.5 .5 +1 -1 1e3 1e 1px 1% 1-- -- - --> <!-- < > ! * / /* */ // . + = 🙂'.split(
    ' ',
  ),
  ' ',
  '\n',
  '\r\n',
  '\f',
  '\t',
  '\0',
  '\x01',
  '\x7f',
  '\\\n',
  '\\\r\n',
  '\\a\r\n',
  '"a"',
  'url(a)',
  'url( a )',
  'url(a b)',
  'url("a")',
);

test('finds the tokens that another tokenizer finds, whatever the stylesheet', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: piece }, hostileString), { maxLength: 20, size: 'max' }),
      (pieces) => {
        // The other one expects a stylesheet without NUL, as CSS Syntax prepares it.
        const css = pieces.join('').toWellFormed().replaceAll('\0', '\uFFFD');
        expect(read(css)).toEqual(readByOther(css));
      },
    ),
    { numRuns: 5_000 },
  );
});
