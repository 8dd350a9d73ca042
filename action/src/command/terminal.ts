import { styleText } from 'node:util';
import type { Environment } from '../inputs/input-parsers.ts';

export type Style = 'dim' | 'green' | 'red' | 'yellow';

/** Where a person, or a CI's log, reads. No line ever holds one of the secrets. */
export interface Terminal {
  /** Whether a line can be rewritten in place. */
  readonly isLive: boolean;
  print(line: string, style?: Style): void;
  /** To stderr. */
  printError(line: string, style?: Style): void;
  /** Shows `text` as the last line, in the place of what it showed before. */
  showLive(text: string): void;
  clearLive(): void;
}

export interface TerminalOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Environment;
  readonly secrets: readonly string[];
}

/** Of a window that does not say how wide it is. */
const USUAL_COLUMNS = 80;

/**
 * A terminal shows a live line, unless it cannot (`TERM=dumb`) or it is a CI's, which keeps every version of it.
 * The line is rewritten with spaces and carriage returns alone, so that without colours (`NO_COLOR`) there is no
 * escape sequence at all.
 */
export function createTerminal({ stdout, stderr, environment, secrets }: TerminalOptions): Terminal {
  const canRewrite = (stream: NodeJS.WriteStream) => stream.isTTY === true && environment.TERM !== 'dumb';
  let shown = 0;

  // Whoever reads may go away first, as `head` does; the check and its exit code go on.
  for (const stream of [stdout, stderr]) {
    stream.on('error', () => undefined);
  }
  const redact = (text: string): string =>
    secrets.reduce((cleared, secret) => cleared.replaceAll(secret, '***'), text);

  function write(stream: NodeJS.WriteStream, line: string, style: Style | undefined): void {
    clearLive();
    const text = redact(line);
    const isStyled = style !== undefined && canRewrite(stream) && !environment.NO_COLOR;
    stream.write(`${isStyled ? styleText(style, text, { validateStream: false }) : text}\n`);
  }

  /** A line that reaches the edge would wrap, and could not be taken back. */
  const findLastColumn = () => (stdout.columns || USUAL_COLUMNS) - 1;

  function clearLive(): void {
    if (shown === 0) {
      return;
    }
    // Ctrl-C leaves a `^C` after it.
    stdout.write(`\r${' '.repeat(Math.min(shown + 2, findLastColumn()))}\r`);
    shown = 0;
  }

  return {
    isLive: canRewrite(stdout) && !environment.CI,
    print: (line, style) => write(stdout, line, style),
    printError: (line, style) => write(stderr, line, style),
    showLive(text) {
      const line = text.slice(0, findLastColumn());
      if (line.length < shown) {
        clearLive();
      }
      stdout.write(`\r${line}`);
      shown = line.length;
    },
    clearLive,
  };
}
