import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { COMMAND_BUNDLE, COMMAND_PACKAGE } from '../helpers/action/build-command.ts';

let host: ScenarioHost;
let folder: string;
beforeAll(async () => {
  host = await startScenarioHost();
  folder = await mkdtemp(join(tmpdir(), 'qassandra-npm-'));
});
afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true });
});

/** Runs the machine's npm with the Node.js of the tests, and without a network. */
async function run(program: string, args: string[], env: Record<string, string> = {}) {
  return await promisify(execFile)(program, args, {
    cwd: folder,
    env: {
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: folder,
      npm_config_offline: 'true',
      npm_config_audit: 'false',
      npm_config_update_notifier: 'false',
      ...env,
    },
  });
}

test('the packed package installs without other packages, prints its help and runs a check', async () => {
  await run('npm', ['pack', COMMAND_PACKAGE]);
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await run('npm', ['install', `./${tarball}`]);
  expect((await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
    'qassandra',
  ]);
  expect((await readdir(join(folder, 'node_modules', 'qassandra'))).sort()).toEqual([
    'LICENSE',
    'README.md',
    'index.js',
    'licenses.txt',
    'package.json',
  ]);
  const help = await run('npx', ['qassandra', '--help']);
  expect(help.stdout).toMatch(/^qassandra check --app APP/);

  const scenario = await host.open();
  const { stdout, stderr } = await run(
    'npx',
    ['qassandra', 'check', '--app', scenario.app.alias, '--server', scenario.proxy.url],
    { QASSANDRA_API_KEY: scenario.app.apiKey },
  );
  expect(stdout).toContain('The check succeeded: 1 of 1 flow passed.');
  expect(stdout + stderr).not.toContain(scenario.app.apiKey);
}, 120_000);

test('the bundle contains no library but the one file that reads NO_PROXY', async () => {
  const bundle = await readFile(COMMAND_BUNDLE, 'utf8');
  expect(bundle.match(/(@actions|@octokit|node_modules)\/.*/g)).toEqual([
    'node_modules/@actions/http-client/lib/proxy.js',
  ]);
  expect(bundle).toMatch(/^#!\/usr\/bin\/env node\n/);
});
