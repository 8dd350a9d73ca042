import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  COMMAND_INPUT_DESCRIPTIONS,
  type InputDescription,
  STEP_INPUT_DESCRIPTIONS,
  type StepInputDescription,
} from './input-descriptions.ts';
import { INPUT_TABLE, type Input } from './src/inputs/input-table.ts';

/** A file that lists the inputs, with an up-to-date list. */
export interface InputDocument {
  /** As a path from the root of the repository. */
  readonly path: string;
  readonly contents: string;
}

const INPUTS: readonly (readonly [string, Input])[] = Object.entries(INPUT_TABLE);

/** The markers around a table in the docs, with the empty lines that Markdown needs around a table. */
const MARKERS = {
  start: '<!-- Made by `npm run build` from action/src/inputs/input-table.ts. -->\n\n',
  end: '\n<!-- The end of what is made. -->\n',
};

/** Creates the files that list the inputs from their current contents and the input table. */
export function createInputDocuments(root: string): InputDocument[] {
  const create = (path: string, part: Omit<Part, 'path'>): InputDocument => ({
    path,
    contents: replacePart(readFileSync(join(root, path), 'utf8'), { path, ...part }),
  });
  return [
    create('action.yml', { start: '\ninputs:\n', end: '\noutputs:\n', contents: createManifestBlock() }),
    create('docs/action.md', { ...MARKERS, contents: createStepTable() }),
    create('docs/other-ci.md', { ...MARKERS, contents: createCommandTable() }),
  ];
}

interface Part {
  readonly path: string;
  readonly start: string;
  readonly end: string;
  readonly contents: string;
}

function replacePart(text: string, { path, start, end, contents }: Part): string {
  const from = text.indexOf(start) + start.length;
  const to = text.indexOf(end, from);
  if (from < start.length || to < 0) {
    throw new Error(`${path} has no part between “${start.trim()}” and “${end.trim()}”.`);
  }
  return text.slice(0, from) + contents + text.slice(to);
}

function createManifestBlock(): string {
  const descriptions: Readonly<Record<string, StepInputDescription>> = STEP_INPUT_DESCRIPTIONS;
  return INPUTS.filter(([, input]) => input.offeredBy !== 'command')
    .map(([name, input]) => {
      const value = input.expression ?? input.default ?? '';
      const last = input.isRequired ? 'required: true' : `default: ${quoteYaml(value)}`;
      return `  ${name}:\n    description: ${quoteYaml(String(descriptions[name]?.manifest))}\n    ${last}\n`;
    })
    .join('');
}

/** Quotes a text that YAML, or a reader, could take for something else. */
function quoteYaml(text: string): string {
  return /^$|^(true|false|[\d.]+)$|'|: | #/.test(text) ? JSON.stringify(text) : text;
}

function createStepTable(): string {
  return createTable('input', STEP_INPUT_DESCRIPTIONS, (name) => ({ name, placeholder: '' }));
}

/** Options that are not inputs come last. */
function createCommandTable(): string {
  const rows = createTable('option', COMMAND_INPUT_DESCRIPTIONS, (name, input) => {
    const { option = name, placeholder = '' } = input.offeredBy === 'step' ? {} : input;
    return { name: `--${option}`, placeholder };
  });
  return `${rows}| \`--version\`, \`--help\` | | |\n`;
}

interface RowName {
  readonly name: string;
  /** Empty if there is none. */
  readonly placeholder: string;
}

function createTable(
  heading: string,
  descriptions: Readonly<Record<string, InputDescription>>,
  findName: (name: string, input: Input) => RowName,
): string {
  const rows = new Map<string, RowName[]>();
  for (const [name, input] of INPUTS) {
    const description = descriptions[name];
    if (description !== undefined) {
      const cells = `${description.docs} | ${description.docsDefault ?? describeDefault(name, input)}`;
      rows.set(cells, [...(rows.get(cells) ?? []), findName(name, input)]);
    }
  }
  const lines = [...rows].map(([cells, names]) => `| ${formatNames(names)} | ${cells} |\n`);
  return `| ${heading} | meaning | default |\n|---|---|---|\n${lines.join('')}`;
}

function describeDefault(name: string, input: Input): string {
  if (input.isRequired) {
    return 'required';
  }
  if (input.default === undefined) {
    throw new Error(`The input ${name} has no default: give its description a \`docsDefault\`.`);
  }
  return `\`${input.default}\``;
}

/** A row for several inputs has no room for their placeholders. */
function formatNames(names: readonly RowName[]): string {
  return names
    .map(({ name, placeholder }) => (names.length === 1 ? `${name} ${placeholder}`.trim() : name))
    .map((text) => `\`${text.replaceAll('|', '\\|')}\``)
    .join(', ');
}
