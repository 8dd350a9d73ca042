import { parseArgs } from 'node:util';
import { looksLikeKey, quote } from '../inputs/input-parsers.ts';
import { type CommandInputName, INPUT_TABLE, type Input } from '../inputs/input-table.ts';
import { InputError } from '../lib/errors.ts';

export type OptionName = (typeof INPUT_TABLE)[CommandInputName]['option'] | 'version' | 'help';

/** Every option, with the placeholder for its value; `undefined` for a flag, which takes no value. */
export const OPTIONS: ReadonlyMap<string, string | undefined> = new Map([
  ...Object.values(INPUT_TABLE).flatMap((input: Input) =>
    input.offeredBy === 'step' ? [] : [[input.option, input.placeholder] as const],
  ),
  ['version', undefined],
  ['help', undefined],
]);

export interface ParsedOptions {
  /** Absent if there are only options, or no arguments. */
  readonly command: string | undefined;
  /** The values of the given options; the value of a flag is its own name. */
  readonly values: ReadonlyMap<OptionName, string>;
}

const USAGE_HINT = 'See `qassandra --help`.';

/** Reads the arguments. Throws an InputError that says what to correct and never shows a key. */
export function parseCommandOptions(args: readonly string[]): ParsedOptions {
  const options = Object.fromEntries(
    [...OPTIONS].map(([name, placeholder]) => [
      name,
      { type: placeholder === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  // Not strict: Node's own messages would show the argument, which may be a key.
  const { tokens } = parseArgs({
    args: args.map((arg) => (arg === '-h' ? '--help' : arg)),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<OptionName, string>();
  const commands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      commands.push(token.value);
    }
    if (token.kind === 'option') {
      values.set(...readOption(token));
    }
  }
  return { command: readCommand(commands), values };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function readOption({ name, rawName, value, inlineValue }: OptionToken): [OptionName, string] {
  if (!isOptionName(name)) {
    throw explainUnknown(name, rawName);
  }
  const placeholder = OPTIONS.get(name);
  if (placeholder === undefined) {
    if (value === undefined) {
      return [name, name];
    }
    throw new InputError(`\`--${name}\` takes no value. Remove the text after it. ${USAGE_HINT}`);
  }
  // A text that starts with a dash is the next option, unless it follows an equals sign.
  if (value === undefined || (value.startsWith('-') && inlineValue !== true)) {
    throw new InputError(
      `\`--${name}\` needs a value: write \`--${name} ${placeholder}\`, or \`--${name}=…\` where it begins with a dash.`,
    );
  }
  return [name, value.trim()];
}

function isOptionName(name: string): name is OptionName {
  return OPTIONS.has(name);
}

function explainUnknown(name: string, rawName: string): InputError {
  if (/key|token/i.test(name) && !/^(if-)?no-/.test(name)) {
    return new InputError(
      'The key cannot be an argument, since every process on the machine can read arguments. Set the environment variable QASSANDRA_API_KEY, and replace the key if it was an argument.',
    );
  }
  return new InputError(`There is no option ${quote(rawName)}. ${USAGE_HINT}`);
}

function readCommand([command, ...rest]: readonly string[]): string | undefined {
  const odd = command === undefined || command === 'check' ? rest[0] : command;
  if (odd === undefined) {
    return command;
  }
  if (looksLikeKey(odd)) {
    throw explainUnknown('key', '');
  }
  throw new InputError(
    command === 'check'
      ? `The argument ${quote(odd)} is unknown. Name the app with \`--app\`. ${USAGE_HINT}`
      : `There is no command ${quote(odd)}. Use \`qassandra check\`. ${USAGE_HINT}`,
  );
}
