import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { VERSION } from '../../../action/src/lib/version.ts';
import { readBlock, readDefault } from '../../helpers/action/action-manifest.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const manifest = readFileSync(join(root, 'action.yml'), 'utf8');
const inputsSource = readFileSync(join(root, 'action', 'src', 'step', 'step-inputs.ts'), 'utf8');
const reportSource = readFileSync(join(root, 'action', 'src', 'step', 'step-report.ts'), 'utf8');

function findAll(source: string, form: RegExp): string[] {
  return [...new Set([...source.matchAll(form)].map((match) => match[1] ?? ''))].sort();
}

test('action.yml names the inputs that are read, and no other', () => {
  expect([...readBlock('inputs').keys()].sort()).toEqual(findAll(inputsSource, /\bread\('([\w-]+)'\)/g));
});

test('action.yml names the outputs that are set, and no other', () => {
  expect([...readBlock('outputs').keys()].sort()).toEqual(findAll(reportSource, /setOutput\('([\w-]+)'/g));
});

test('every input and output is documented', () => {
  for (const [, lines] of [...readBlock('inputs'), ...readBlock('outputs')]) {
    expect(lines).toMatch(/description: .{15}/);
  }
});

test('the defaults of action.yml are those of an input that is given and empty', () => {
  const block = /DEFAULTS[^{]+\{([^}]+)\}/.exec(inputsSource)?.[1] ?? '';
  const inCode = Object.fromEntries(
    [...block.matchAll(/'?([\w-]+)'?: '([^']+)'/g)].map(([, name, value]) => [name, value]),
  );
  const inManifest = Object.fromEntries(
    [...readBlock('inputs')]
      .map(([name, lines]) => [name, readDefault(lines)])
      .filter(([name, value]) => value !== '' && name !== 'github-token'),
  );
  expect(inManifest).toEqual(inCode);
});

test('action.yml runs the committed bundle on node24', () => {
  const main = /^runs:\n {2}using: node24\n {2}main: (.+)\n/m.exec(manifest)?.[1] ?? '';
  expect(readFileSync(join(root, main), 'utf8')).toContain('/trigger');
});

test('the version that requests name is that of package.json', () => {
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version).toBe(VERSION);
});
