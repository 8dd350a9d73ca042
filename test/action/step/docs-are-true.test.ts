import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readBlock, readDefault } from '../../helpers/action/action-manifest.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const readDocument = (name: string) => readFileSync(join(root, name), 'utf8');

/** Returns the rows of the tables with this heading of the first column, as cells. A row may have several names. */
function readRows(markdown: string, heading: string): string[][] {
  const tables = markdown.split(/\n\n+/).filter((part) => part.startsWith(`| ${heading} |`));
  return tables.flatMap((table) =>
    table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()))
      .map((cells) => cells.slice(1, -1)),
  );
}

const namesOf = ([cell = '']: readonly string[]) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** Returns the last column by the names in the first. */
function readLastColumn(markdown: string, heading: string): [string, string][] {
  return readRows(markdown, heading).flatMap((cells) =>
    namesOf(cells).map((name): [string, string] => [name, cells.at(-1) ?? '']),
  );
}

/** Documents that list all inputs; the README may leave the list to docs/action.md. */
const LISTS = ['docs/action.md', 'README.md'].filter((name) => /^\| input \|/m.test(readDocument(name)));

test('docs/action.md lists inputs and outputs', () => {
  expect(LISTS).toContain('docs/action.md');
  expect(readDocument('docs/action.md')).toMatch(/^\| output \|/m);
});

describe.each(LISTS)('%s', (name) => {
  const inputs = readLastColumn(readDocument(name), 'input');

  test('lists each input of action.yml once, and no others', () => {
    expect(inputs.map(([input]) => input).sort()).toEqual([...readBlock('inputs').keys()].sort());
  });

  test('has the defaults of action.yml', () => {
    const told = Object.fromEntries(inputs);
    for (const [input, lines] of readBlock('inputs')) {
      const isRequired = /required: true/.test(lines);
      const value = readDefault(lines);
      const form = isRequired ? /^required$/ : value === '' ? /\b(none|from the event)$/ : /^`[^`]+`$/;
      expect([input, told[input]]).toEqual([input, expect.stringMatching(form)]);
      if (value !== '') {
        expect([input, told[input]]).toEqual([input, `\`${value}\``]);
      }
    }
  });
});

test.each(['docs/action.md', 'README.md'].filter((name) => /^\| output \|/m.test(readDocument(name))))(
  '%s lists each output of action.yml once, and no others',
  (name) => {
    const outputs = readLastColumn(readDocument(name), 'output').map(([output]) => output);
    expect(outputs.sort()).toEqual([...readBlock('outputs').keys()].sort());
  },
);

test('every input in an example of the docs is one of action.yml', () => {
  const known = [...readBlock('inputs').keys()];
  const examples = ['docs/action.md', 'README.md'].flatMap((name) =>
    [...readDocument(name).matchAll(/uses: qassandra\/qassandra@.+\n((?:[ ]+.*\n)*)/g)].map(
      ([, lines = '']) => lines,
    ),
  );
  expect(examples).not.toEqual([]);
  for (const lines of examples) {
    const [, indent = '', given = ''] = /^( +)with:\n((?:\1 {2}.*\n)*)/m.exec(lines) ?? [];
    const set = [...given.matchAll(new RegExp(`^${indent}  ([\\w-]+):`, 'gm'))].map(([, input]) => input);
    expect(set).not.toEqual([]);
    for (const input of set) {
      expect(known).toContain(input);
    }
  }
});
