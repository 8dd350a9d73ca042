import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const model = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');

/** Each test file that the page names, with the titles quoted right after it. */
const NAMED = [...model.matchAll(/`(test\/[\w./-]+\.test\.ts)`((?:,? “[^”]+”)*)/g)].flatMap(
  ([, file = '', names = '']) => [...names.matchAll(/“([^”]+)”/g)].map(([, name = '']) => ({ file, name })),
);

test.each(NAMED)('$file has “$name”', ({ file, name }) => {
  const source = readFileSync(join(ROOT, file), 'utf8');
  // The title is the first argument of a test or a group of tests: a whole string, followed by another
  // argument.
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  expect(new RegExp(`\\(\\s*(['"\`])${pattern}\\1,`).test(source)).toBe(true);
});

test('every promise names a test that holds it', () => {
  const rows = model.split('\n').filter((line) => line.startsWith('| '));
  const start = rows.findIndex((row) => row.startsWith('| promise |'));
  const promises = rows.slice(start).filter((row) => !row.startsWith('| promise |'));
  expect(promises.length).toBeGreaterThan(30);
  expect(promises.filter((row) => !/`test\/[\w./-]+\.test\.ts` “/.test(row))).toEqual([]);
});
