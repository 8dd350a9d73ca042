import { expect, test } from '@jest/globals';
import { readCommandInputs } from '../../action/src/command/command-inputs.ts';
import { OPTIONS } from '../../action/src/command/command-options.ts';
import { createChecksum } from '../../server/auth/keys/api-key-form.ts';

const KEY_BODY = `qsk_${'Ab3'.repeat(12)}`;
const API_KEY = KEY_BODY + createChecksum(KEY_BODY);

function read(...options: string[]): unknown {
  return readCommandInputs({
    args: ['check', '--app', 'shop', ...options],
    environment: { QASSANDRA_API_KEY: API_KEY },
    mask: () => undefined,
    prepareReports: () => undefined,
  });
}

const names = [...OPTIONS];

test.each(names.filter(([, placeholder]) => placeholder !== undefined))(
  '--%s is read, and refused if it holds the key',
  (name) => {
    expect(() => read(`--${name}=https://shop.test/?key=${API_KEY}`)).toThrow(
      `\`--${name}\` contains an API key`,
    );
  },
);

test.each(names.filter(([, placeholder]) => placeholder === undefined))('--%s changes a run', (name) => {
  const idempotencyKey = expect.any(String);
  const usual = expect.objectContaining({ ...Object(read()), idempotencyKey });
  expect(read()).toEqual(usual);
  expect(read(`--${name}`)).not.toEqual(usual);
});
