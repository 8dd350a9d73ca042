/** Parsers for what a step writes for GitHub's runner: lines of its output, and files. */

export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Returns the command that the runner reads from a line, or undefined. Both forms: `::name::` and `##[name]`. */
export function parseLine(line: string): WorkflowCommand | undefined {
  const parts =
    /^\s*::([\w-]+)(?: ([^\r\n]*?))?::(.*)$/.exec(line) ?? /##\[([\w-]+)(?: ([^\]]*))?\](.*)$/.exec(line);
  if (parts === null) {
    return undefined;
  }
  const [, name = '', properties = '', data = ''] = parts;
  const pairs = properties
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), decode(pair.slice(pair.indexOf('=') + 1))]);
  return { name, properties: Object.fromEntries(pairs), data: decode(data) };
}

function decode(text: string): string {
  const characters: Readonly<Record<string, string>> = {
    '%25': '%',
    '%0D': '\r',
    '%0A': '\n',
    '%3A': ':',
    '%2C': ',',
  };
  return text.replace(/%(25|0D|0A|3A|2C)/g, (code) => characters[code] ?? code);
}

/**
 * Parses `NAME=VALUE`, or `NAME<<DELIMITER`, lines, `DELIMITER`. Throws for anything else, since the runner fails the
 * step.
 */
export function parseFileCommands(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') {
      continue;
    }
    const [, name = '', sign, rest = ''] = /^(.*?)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === '' || sign === undefined) {
      throw new Error(`Invalid format: ${line}`);
    }
    if (sign === '=') {
      found[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (rest === '' || end < 0) {
      throw new Error(`Matching delimiter not found: ${line}`);
    }
    found[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return found;
}
