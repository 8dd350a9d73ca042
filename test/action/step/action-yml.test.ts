import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { INPUT_TABLE } from '../../../action/src/inputs/input-table.ts';
import { VERSION } from '../../../action/src/lib/version.ts';
import { createOutputs } from '../../../action/src/step/outputs.ts';
import { readStepInputs } from '../../../action/src/step/step-inputs.ts';
import { createChecksum } from '../../../server/auth/keys/api-key-form.ts';
import { readBlock, readDefault } from '../../helpers/action/action-manifest.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const manifest = readFileSync(join(root, 'action.yml'), 'utf8');
const inputs = Object.entries(INPUT_TABLE).filter(([, { offeredBy }]) => offeredBy !== 'command');

const KEY_BODY = `qsk_${'Ab3'.repeat(12)}`;

/** A step with required inputs only. */
const ENVIRONMENT = { 'INPUT_API-KEY': KEY_BODY + createChecksum(KEY_BODY), 'INPUT_APP-ID': 'shop' };

test('action.yml names the inputs that the step reads, and no others', () => {
  const read = new Set<string>();
  const environment = new Proxy<Record<string, string>>(ENVIRONMENT, {
    get(target, name) {
      read.add(String(name));
      return Reflect.get(target, name);
    },
  });
  readStepInputs({ environment, mask: () => undefined });
  const names = [...readBlock('inputs').keys()];
  expect(names).toEqual(inputs.map(([name]) => name));
  expect([...read].filter((name) => name.startsWith('INPUT_')).sort()).toEqual(
    names.map((name) => `INPUT_${name.toUpperCase()}`).sort(),
  );
});

test('action.yml names the outputs that the step sets, and no others', () => {
  const outcome = { receipt: undefined, check: undefined, status: 'scheduled', conclusion: null } as const;
  expect([...readBlock('outputs').keys()]).toEqual(Object.keys(createOutputs(outcome, undefined)));
});

test('every input and output is documented', () => {
  for (const [, lines] of [...readBlock('inputs'), ...readBlock('outputs')]) {
    expect(lines).toMatch(/description: .{15}/);
  }
});

test('the defaults in action.yml are those that the step uses for an empty input', () => {
  const inCode = Object.fromEntries(
    inputs.flatMap(([name, input]) => ('default' in input ? [[name, input.default]] : [])),
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

test('the version in requests is that of package.json', () => {
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version).toBe(VERSION);
});
