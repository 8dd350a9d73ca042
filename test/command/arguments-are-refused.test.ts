import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OPTIONS } from '../../action/src/command/command-options.ts';
import { VERSION } from '../../action/src/lib/version.ts';
import { createChecksum } from '../../server/auth/keys/api-key-form.ts';
import { COMMAND_BUNDLE } from '../helpers/action/build-command.ts';
import { runCommand } from '../helpers/action/command-process.ts';
import { type Site, startSite } from '../helpers/network/site.ts';

/** Stands in for the server, to show that it gets no request. */
let server: Site;
beforeAll(async () => {
  server = await startSite({});
});
afterAll(() => server.stop());

const BODY = `qsk_${'Ab3'.repeat(12)}`;
const API_KEY = BODY + createChecksum(BODY);

async function refuse(args: string[], env: Record<string, string> = {}) {
  const record = await runCommand({
    args,
    env: { QASSANDRA_API_KEY: API_KEY, QASSANDRA_SERVER_URL: server.url, ...env },
  });
  expect(record).toMatchObject({ exitCode: 1, stdout: '' });
  expect(record.stderr).not.toContain(API_KEY);
  expect(server.requests).toEqual([]);
  return record.stderr;
}

describe('invalid arguments exit with 1 before any request', () => {
  test.each([
    [['chekc'], 'There is no command “chekc”. Use `qassandra check`.'],
    [['--app', 'shop'], 'Nothing was checked: the command is missing.'],
    [['check'], '`--app` is missing: name the app'],
    [['check', 'shop'], 'The argument “shop” is unknown. Name the app with `--app`.'],
    [['check', '--app'], '`--app` needs a value: write `--app APP`'],
    [['check', '--app', '--no-wait'], '`--app` needs a value'],
    [['check', '--app', '../me'], '`--app` is “../me”, which is neither a UUID nor an alias'],
    [['check', '--app', 'shop', '--wiat'], 'There is no option “--wiat”. See `qassandra --help`.'],
    [['check', '--app', 'shop', '-x'], 'There is no option “-x”.'],
    [['check', '--app', 'shop', '--constructor=1'], 'There is no option “--constructor”.'],
    [['check', '--app', 'shop', '--no-wait=false'], '`--no-wait` takes no value'],
    [
      ['check', '--app', 'shop', '--server', 'example.com'],
      '`--server` must be an absolute http or https URL',
    ],
    [
      ['check', '--app', 'shop', '--app-url', 'https://me:pw@x.example'],
      '`--app-url` must not contain a user name',
    ],
    [['check', '--app', 'shop', '--timeout-minutes', '15m'], '`--timeout-minutes` is “15m”'],
    [
      ['check', '--app', 'shop', '--fail-on', 'timeout'],
      '`--fail-on` names “timeout”, which is no conclusion',
    ],
    [
      ['check', '--app', 'shop', '--if-no-key', 'pass'],
      '`--if-no-key` is “pass”: it must be `fail` or `skip`.',
    ],
    [['check', '--app', 'shop', '--pull-request-number', 'x'], '`--pull-request-number` is “x”'],
  ])('%j', async (args, message) => {
    const stderr = await refuse(args);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\nHelp: https:.*\/docs\/other-ci\.md\n$/);
  });

  test('names QASSANDRA_SERVER_URL if its value is invalid', async () => {
    expect(await refuse(['check', '--app', 'shop'], { QASSANDRA_SERVER_URL: 'example.com' })).toContain(
      'QASSANDRA_SERVER_URL must be an absolute http or https URL',
    );
  });
});

describe('a key among the arguments is refused and not shown', () => {
  test.each([
    [['check', `--api-key=${API_KEY}`], 'The key cannot be an argument'],
    [['check', '--api-key', API_KEY], 'The key cannot be an argument'],
    [['check', API_KEY], 'The key cannot be an argument'],
    [[API_KEY], 'The key cannot be an argument'],
    [['check', '--app', 'shop', '--no-key'], 'There is no option “--no-key”'],
    [['check', '--app', 'shop', '--app-url', ''], '`--app-url` is empty: give the URL to test'],
    [['check', '--app', API_KEY], '`--app` contains an API key'],
    [['check', '--app', `qsk_${'x'.repeat(42)}`], '`--app` contains an API key'],
    [
      ['check', '--app', 'shop', '--commit-message', `With ${API_KEY}`],
      '`--commit-message` contains an API key',
    ],
    [['check', '--app', 'shop', '--fail-on', API_KEY], '`--fail-on` contains an API key'],
  ])('%#', async (args, message) => {
    const stderr = await refuse(args);
    expect(stderr).toContain(message);
    expect(stderr.toLowerCase()).not.toContain(API_KEY.toLowerCase());
  });
});

describe('the environment variable with the key', () => {
  test.each([
    ['truncated', API_KEY.slice(0, -1)],
    ['mistyped', API_KEY.replace('A', 'B')],
    ['in quotes', `"${API_KEY}"`],
    // Also a part of the app's name, which does not mean that the name contains a key.
    ['a placeholder', 'sho'],
  ])('is checked before any request, and not shown: %s', async (_, key) => {
    const stderr = await refuse(['check', '--app', 'shop'], { QASSANDRA_API_KEY: key });
    expect(stderr).toContain('QASSANDRA_API_KEY does not look like a Qassandra key');
    expect(stderr).not.toContain(key);
  });

  test.each([
    [{}, 'Put the key into the environment variable QASSANDRA_API_KEY'],
    [{ GITLAB_CI: 'true' }, 'A protected variable only reaches protected branches'],
    [{ CIRCLECI: 'true' }, 'Add it to a context'],
    [{ JENKINS_URL: 'https://ci.example.com/' }, "credentials('qassandra-api-key')"],
    [{ BITBUCKET_BUILD_NUMBER: '1' }, 'Repository variables'],
    [{ TF_BUILD: 'True' }, 'steps do not get secret variables automatically'],
  ])('is missing: %j', async (env, advice) => {
    const stderr = await refuse(['check', '--app', 'shop'], { ...env, QASSANDRA_API_KEY: ' ' });
    expect(stderr).toContain('QASSANDRA_API_KEY is empty, so there is no key to trigger a check with.');
    expect(stderr).toContain(advice);
  });

  test.each([
    ['', undefined],
    ['Azure’s unresolved variable', '$(QASSANDRA_API_KEY)'],
  ])('may be missing with --if-no-key skip: %s', async (_, key) => {
    const env: Record<string, string> = key === undefined ? {} : { QASSANDRA_API_KEY: key };
    const record = await runCommand({ args: ['check', '--app', 'shop', '--if-no-key', 'skip'], env });
    expect(record).toMatchObject({ exitCode: 0, stderr: '' });
    expect(record.stdout).toMatch(
      /^No check was triggered: QASSANDRA_API_KEY is empty, and `--if-no-key` is/,
    );
  });
});

describe('usage', () => {
  test.each([['--help'], ['-h'], ['check', '--help']])('is printed by %s', async (...args) => {
    const record = await runCommand({ args });
    expect(record).toMatchObject({ exitCode: 0, stderr: '' });
    expect(record.stdout).toMatch(/^qassandra check --app APP \[options\]\n/);
  });

  test('is printed without arguments, with exit code 1, since nothing was checked', async () => {
    const record = await runCommand({ args: [] });
    expect(record.exitCode).toBe(1);
    expect(record.stdout).toMatch(/^qassandra check --app APP/);
  });

  test('lists all options, and fits a terminal', async () => {
    const { stdout } = await runCommand({ args: ['--help'] });
    const known = [...OPTIONS].map(([name, placeholder = '']) => `--${name} ${placeholder}`.trim());
    const told = [...stdout.matchAll(/^ {2}(--[\w-]+(?: [A-Zf|ailskp]+)?)(?: {2,}|$)/gm)].map(
      ([, option]) => option,
    );
    expect(told.toSorted()).toEqual(known.toSorted());
    for (const line of stdout.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  test('--version is that of the package', async () => {
    expect(await runCommand({ args: ['--version'] })).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n` });
  });
});

test('the reader of the output may close it early', () => {
  const { status, stderr } = spawnSync('sh', [
    '-c',
    '"$0" "$1" --help | true; exit 0',
    process.execPath,
    COMMAND_BUNDLE,
  ]);
  expect(status).toBe(0);
  expect(stderr.toString()).toBe('');
});
