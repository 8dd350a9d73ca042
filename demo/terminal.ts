import { styleText } from 'node:util';
import { convert } from 'html-to-text';
import { marked } from 'marked';

const CLEAR_LINE = '\r\u001b[2K';

/** Prints the title of a step while it runs, and its duration once it is done. */
export async function showStep<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  if (process.stdout.isTTY) {
    process.stdout.write(`… ${title}`);
  }
  const result = await work();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(
    `${process.stdout.isTTY ? CLEAR_LINE : ''}${styleText('green', '✓')} ${title} (${seconds} s)\n`,
  );
  return result;
}

export function showHeading(title: string): void {
  console.log(`\n${styleText('bold', title)}`);
}

/** Prints the output of a step as the log of a run shows it, without the commands that only the runner reads. */
export function createLogView(): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.map(toLogLine).filter((shown) => shown !== undefined)) {
      console.log(`  ${styleText('dim', '│')} ${line}`);
    }
  };
}

function toLogLine(line: string): string | undefined {
  const command = /^::([a-z-]+)(?: [^:]*)?::(.*)$/.exec(line);
  if (!command) {
    return line;
  }
  const [, name = '', text = ''] = command;
  const message = text.replaceAll('%0A', '\n    ').replaceAll('%0D', '').replaceAll('%25', '%');
  switch (name) {
    case 'error':
      return styleText('red', `Error: ${message}`);
    case 'warning':
    case 'notice':
      return styleText('yellow', `${name === 'notice' ? 'Notice' : 'Warning'}: ${message}`);
    default:
      return undefined;
  }
}

/** Prints a job summary as text, in a box as on the run page. */
export async function showSummary(markdown: string): Promise<void> {
  const text = convert(await marked.parse(markdown), {
    wordwrap: false,
    selectors: [
      { selector: 'table', format: 'dataTable', options: { colSpacing: 3, uppercaseHeaderCells: false } },
      { selector: 'h2', options: { uppercase: false } },
    ],
  });
  console.log(`  ${styleText('dim', '┌── Job summary')}`);
  for (const line of text.split('\n')) {
    console.log(`  ${styleText('dim', '│')} ${line}`.trimEnd());
  }
  console.log(`  ${styleText('dim', '└──')}`);
}

/** Prints a table: the first column is aligned left, the others right. */
export function showTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('   ')}`);
  }
}
