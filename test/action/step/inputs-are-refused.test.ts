import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createChecksum } from '../../../server/auth/keys/api-key-form.ts';
import { runAction } from '../../helpers/action/action-process.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';

/** Stands in for the server, to show that it gets no request. */
let server: Site;
beforeAll(async () => {
  server = await startSite({});
});
afterAll(() => server.stop());

const BODY = `qsk_${'Ab3'.repeat(12)}`;
const API_KEY = BODY + createChecksum(BODY);

function run(inputs: Record<string, string>, options: Partial<Parameters<typeof runAction>[0]> = {}) {
  return runAction({
    ...options,
    inputs: { 'api-key': API_KEY, 'app-id': 'shop', 'server-url': server.url, ...inputs },
  });
}

describe('an invalid input fails the step before any request', () => {
  test.each([
    ['app-id', '', 'The input `app-id` is empty.'],
    ['app-id', '../me', 'The input `app-id` is “../me”, which is neither a UUID nor an alias'],
    ['server-url', 'qassandra.com', 'The input `server-url` must be an absolute http or https URL'],
    ['server-url', 'ftp://qassandra.com', 'The input `server-url` must be an absolute http or https URL'],
    ['server-url', 'https://me:secret@qassandra.com', 'The input `server-url` must not contain a user name'],
    [
      'server-url',
      'https://qassandra.com/?x=1',
      'The input `server-url` must be the address of the server alone',
    ],
    ...['https://qassandra.com?', 'https://qassandra.com/#'].map((value): [string, string, string] => [
      'server-url',
      value,
      'The input `server-url` must be the address of the server alone',
    ]),
    ['github-token', 'ghs_a secret', 'The input `github-token` holds a space, a line break'],
    ['app-url', 'preview', 'The input `app-url` must be an absolute http or https URL'],
    ['app-url', 'https://me:secret@preview.example', 'The input `app-url` must not contain a user name'],
    ['wait', 'yes', 'The input `wait` is “yes”: it must be `true` or `false`.'],
    ['discover-flows', '1', 'The input `discover-flows` is “1”: it must be `true` or `false`.'],
    ['timeout-minutes', '0', 'The input `timeout-minutes` is “0”'],
    ['timeout-minutes', '-1', 'The input `timeout-minutes` is “-1”'],
    ['timeout-minutes', '15m', 'The input `timeout-minutes` is “15m”'],
    ['timeout-minutes', '1e9', 'The input `timeout-minutes` is “1e9”'],
    ['timeout-minutes', '99999999', 'The input `timeout-minutes` is “99999999”'],
    ['fail-on', ' , ', 'The input `fail-on` names no conclusion: use any of success, '],
    ['fail-on', 'failure,timeout', 'The input `fail-on` names “timeout”, which is no conclusion'],
    ['pull-request-number', 'feature', 'The input `pull-request-number` is “feature”: it must be a number'],
  ])('%s: %s', async (name, value, message) => {
    const record = await run({ [name]: value });
    expect(record).toMatchObject({ exitCode: 1, stderr: '', outputs: {} });
    expect(record.errors).toEqual([expect.stringContaining(message)]);
    expect(record.stdout).not.toMatch(/secret/);
    expect(server.requests).toEqual([]);
  });
});

test('an app-url over the trigger’s limit is refused, not cut', async () => {
  const record = await run({ 'app-url': `https://example.com/${'x'.repeat(2048)}` });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    expect.stringContaining('The input `app-url` must have at most 2,048 characters'),
  ]);
});

describe('an invalid key', () => {
  test.each([
    ['truncated', API_KEY.slice(0, -1)],
    ['mistyped', API_KEY.replace('A', 'B')],
    ['of another service', 'ghp_0123456789'],
    ['with its scheme', `Bearer ${API_KEY}`],
    ['in quotes', `"${API_KEY}"`],
  ])('is refused before any request, and not shown: %s', async (_, key) => {
    const record = await run({ 'api-key': key });
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(
        /does not look like a Qassandra key\. It may be truncated or mistyped.*generate a new one/,
      ),
    ]);
    expect(JSON.stringify(record)).not.toContain(key);
    expect(server.requests).toEqual([]);
  });

  test.each(['branch', 'commit-sha', 'commit-message', 'pull-request-title', 'app-url'])(
    'is not sent or shown if %s contains it',
    async (name) => {
      const record = await run({ [name]: `https://shop.test/?key=${API_KEY}` });
      expect(record.exitCode).toBe(1);
      expect(record.errors).toEqual([expect.stringContaining(`The input \`${name}\` contains an API key`)]);
      expect(JSON.stringify(record)).not.toContain(API_KEY);
      expect(server.requests).toEqual([]);
    },
  );

  test('is not shown if it was given as the app', async () => {
    const other = `qsk_${'x'.repeat(42)}`;
    for (const key of [API_KEY, other]) {
      const record = await run({ 'app-id': key });
      expect(record.exitCode).toBe(1);
      expect(record.errors).toEqual([expect.stringContaining('The input `app-id` contains an API key')]);
      expect(JSON.stringify(record)).not.toContain(key);
    }
  });
});

test('warns about a key that would cross a network unencrypted', async () => {
  // The name does not resolve anywhere (RFC 2606), so nothing is sent.
  const record = await run({ 'server-url': 'http://qassandra.invalid', 'timeout-minutes': '0.005' });
  expect(record.exitCode).toBe(1);
  expect(record.warnings).toEqual([expect.stringContaining('the API key crosses the network unencrypted')]);
  expect(record.errors).toEqual([expect.stringContaining('could not be reached')]);
});
