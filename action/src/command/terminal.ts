import { styleText } from 'node:util';
import type { Environment } from '../inputs/input-parsers.ts';

export type Style = 'dim' | 'green' | 'red' | 'yellow';

/** The output for a person or a CI's log. No line contains a secret. */
export interface Terminal {
  /** Whether a line can be rewritten in place. */
  readonly isLive: boolean;
  print(line: string, style?: Style): void;
  /** Prints to stderr. */
  printError(line: string, style?: Style): void;
  /** Shows `text` as the last line, replacing the text it showed before. */
  showLive(text: string): void;
  clearLive(): void;
}

export interface TerminalOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Environment;
  readonly secrets: readonly string[];
}

/** The width if the window does not report one. */
const USUAL_COLUMNS = 80;

/**
 * Creates the terminal. It shows a live line, unless the terminal cannot rewrite lines (`TERM=dumb`) or belongs to a
 * CI, which would keep every version of the line. Rewrites with spaces and carriage returns only, so that the output
 * has no escape sequence without colours (`NO_COLOR`).
 */
export function createTerminal({ stdout, stderr, environment, secrets }: TerminalOptions): Terminal {
  const canRewrite = (stream: NodeJS.WriteStream) => stream.isTTY === true && environment.TERM !== 'dumb';
  let shown = 0;

  // The reader may close the pipe early, like `head`. The check and its exit code must not depend on that.
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

  /** A line that reaches the edge would wrap and could not be rewritten. */
  const findLastColumn = () => (stdout.columns || USUAL_COLUMNS) - 1;

  function clearLive(): void {
    if (shown === 0) {
      return;
    }
    // Ctrl-C leaves a `^C` after the line.
    stdout.write(`\r${' '.repeat(Math.min(shown + 2, findLastColumn()))}\r`);
    shown = 0;
  }

  return {
    isLive: canRewrite(stdout) && !isCi(environment),
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

/** `CI=false` means that there is no CI, as in other packages. */
function isCi({ CI = '' }: Environment): boolean {
  return !/^(false|0)?$/i.test(CI);
}
