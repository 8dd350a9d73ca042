import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { runCheck } from '../helpers/action/command-process.ts';
import { resolving, SILENT_REQUESTS, startingWith, WITHOUT_PROXIES } from '../helpers/action/runtime.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

test('says which Node.js is needed if this one is too old, before any request', async () => {
  const scenario = await host.open();
  const record = await runCheck(scenario, { env: startingWith('delete URL.parse') });
  expect(record).toMatchObject({ exitCode: 1, stdout: '' });
  expect(record.stderr).toMatch(/^This needs Node\.js 22\.18 or later, and found v\d/);
  expect(scenario.proxy.requests).toEqual([]);
});

test('a proxy that this Node.js cannot use is a warning, and the check counts', async () => {
  const scenario = await host.open();
  const { NODE_OPTIONS } = resolving({ 'checks.test': [['127.0.0.1']] });
  const record = await runCheck(scenario, {
    args: ['--server', scenario.proxy.url.replace('127.0.0.1', 'checks.test')],
    env: {
      NODE_OPTIONS: `${WITHOUT_PROXIES.NODE_OPTIONS} ${NODE_OPTIONS}`,
      http_proxy: 'http://127.0.0.1:9',
    },
  });
  expect(record.exitCode).toBe(0);
  expect(record.stderr).toMatch(
    /\nWarning: The environment names a proxy, and this Node\.js \(v.*\) cannot use it.* the machine needs/,
  );
});

test('an unexpected error exits with 1, with its details', async () => {
  const scenario = await host.open();
  const record = await runCheck(scenario, { env: startingWith('delete globalThis.AbortController') });
  expect(record).toMatchObject({ exitCode: 1, stdout: '' });
  expect(record.stderr).toMatch(
    /^qassandra failed unexpectedly: ReferenceError: AbortController .*\n {4}at /,
  );
  expect(record.stderr).toMatch(/\nHelp: https:.*other-ci\.md\n$/);
});

test('a command that stops before its end exits with 1', async () => {
  const scenario = await host.open();
  const record = await runCheck(scenario, { env: SILENT_REQUESTS });
  expect(record.exitCode).toBe(1);
  expect(record.stderr).toContain('Error: it stopped before its end');
});
