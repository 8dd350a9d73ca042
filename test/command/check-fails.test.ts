import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { runCheck, runCommand } from '../helpers/action/command-process.ts';
import type { FaultRule } from '../helpers/network/fault-proxy.ts';
import { startProxy } from '../helpers/network/proxy.ts';
import { startSite } from '../helpers/network/site.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const BROKEN_SHOP = {
  '/': '<h1>Shop</h1><a href="/pricing">Pricing</a>',
  '/pricing': { status: 500, body: 'Oops' },
};
const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };

/** Replaces the flows of the real, ended check. */
function replaceFlows(flows: { name: string; error: string }[]): FaultRule {
  const rewrite = (real: string) =>
    JSON.stringify({
      ...JSON.parse(real),
      flows: flows.map((flow) => ({ ...flow, status: 'failed', duration_ms: 12 })),
      counts: { total: flows.length, passed: 0, failed: flows.length, skipped: 0 },
    });
  return { on: /checks\/[^/]+\?/, repeats: true, faults: [{ kind: 'rewrite', body: rewrite }] };
}

function lastPath({ proxy }: Scenario): string | undefined {
  return proxy.requests.at(-1)?.path;
}

describe('a check with a failed flow', () => {
  test('exits with 1, with the verdict on stderr, the flow and its reason, and the reports', async () => {
    const scenario = await host.open({ pages: BROKEN_SHOP });
    const record = await runCheck(scenario, {
      args: ['--report-file', 'report.json', '--junit-file', 'junit.xml'],
    });
    expect(record.exitCode).toBe(1);
    expect(record.stderr).toBe('The check failed: 1 of 2 flows failed, 1 passed.\n');
    const [, end] = record.stdout.split('Failed:\n');
    expect(end).toMatch(/^ {2}✕ GET \/pricing: .*500.* \(\d+ ms\)\nSee http.*\/checks\/.*\n$/);
    expect(JSON.parse(record.reportFile)).toMatchObject({ conclusion: 'failure' });
    expect(record.junitFile).toContain('tests="2" failures="1"');
  });

  test('says what is new since the main branch', async () => {
    const pages: Record<string, string | { status: number }> = {
      '/': '<a href="/pricing">Pricing</a>',
      '/pricing': 'Pricing',
    };
    const scenario = await host.open({ pages });
    await runCheck(scenario, { args: ['--branch', 'main'] });
    pages['/pricing'] = { status: 500 };
    const record = await runCheck(scenario, { args: ['--branch', 'dark-mode'] });
    expect(record.exitCode).toBe(1);
    expect(record.stdout).toMatch(/ {2}✕ GET \/pricing: .* \(\d+ ms, new\)\n/);
    expect(record.stdout).toMatch(/\nSince the last check of main: 1 new failure\. That check: http.*\n/);
  });

  test('says what is unchanged and what is fixed, and names ten', async () => {
    const pages: Record<string, string | { status: number }> = { '/': '' };
    const paths = Array.from({ length: 12 }, (_, index) => `/${index}`);
    pages['/'] = ['/pricing', ...paths].map((path) => `<a href="${path}">x</a>`).join('');
    const scenario = await host.open({ pages });
    await runCheck(scenario, { args: ['--branch', 'main'] });
    for (const path of paths) {
      pages[path] = 'Here';
    }
    const record = await runCheck(scenario, { args: ['--branch', 'dark-mode'] });
    expect(record.exitCode).toBe(1);
    expect(record.stdout).toMatch(
      /\nSince the last check of main: nothing new fails; 1 that failed there too; fixed: (GET \/\d+, ){10}and 2 more\. /,
    );
    pages['/pricing'] = 'Pricing';
    const fixed = await runCheck(scenario, { args: ['--branch', 'dark-mode'] });
    expect(fixed.stdout).toContain('main: nothing new fails; fixed: GET /');
  });

  test('shows a flow that has no reason', async () => {
    const scenario = await host.open({
      pages: BROKEN_SHOP,
      rules: [replaceFlows([{ name: 'GET /a', error: '' }])],
    });
    expect((await runCheck(scenario)).stdout).toContain('  ✕ GET /a: no reason given (12 ms)');
  });

  test('exits with 1 if --fail-on names success, and says so', async () => {
    const record = await runCheck(await host.open(), { args: ['--fail-on', 'success'] });
    expect(record).toMatchObject({ exitCode: 1 });
    expect(record.stderr).toMatch(
      /^The check succeeded: .*\nThe exit code is 1, since `--fail-on` names `success`\.\n/,
    );
  });

  test('exits with 0 if --fail-on does not name the conclusion, and says so', async () => {
    const scenario = await host.open({ pages: BROKEN_SHOP });
    const record = await runCheck(scenario, { args: ['--fail-on', 'error,cancelled'] });
    expect(record).toMatchObject({ exitCode: 0, stderr: '' });
    expect(record.stdout).toContain('The exit code is 0, since `--fail-on` does not name `failure`.');
  });

  test('cannot print control characters', async () => {
    const name = 'GET /\u001b]0;title\u0007\u001b[2J\r\n\u009b31m\u202ex';
    const scenario = await host.open({
      pages: BROKEN_SHOP,
      rules: [replaceFlows([{ name, error: '\u001b[1A\u0008gone' }])],
    });
    const record = await runCheck(scenario);
    expect(record.exitCode).toBe(1);
    expect(record.stdout + record.stderr).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
    expect(record.stdout).toContain('  ✕ GET / ]0;title [2J 31m x: [1A gone (12 ms)');
  });

  test('lists a hundred flows, and says how many more there are', async () => {
    const flows = Array.from({ length: 250 }, (_, index) => ({ name: `GET /${index}`, error: 'gone' }));
    const scenario = await host.open({ pages: BROKEN_SHOP, rules: [replaceFlows(flows)] });
    const record = await runCheck(scenario, { args: ['--report-file', 'report.json'] });
    const [, end = ''] = record.stdout.split('Failed:\n');
    expect(end.match(/✕/g)).toHaveLength(100);
    expect(end).toContain('… and 150 more, which `--report-file`');
    expect(JSON.parse(record.reportFile).check.flows).toHaveLength(250);
  });
});

test('a check that could not run exits with 1 and shows the reason', async () => {
  const scenario = await host.open();
  const gone = await startSite({});
  await gone.stop();
  const record = await runCheck(scenario, { args: ['--app-url', gone.url, '--junit-file', 'junit.xml'] });
  expect(record.exitCode).toBe(1);
  expect(record.stderr).toMatch(/^The check could not run: .+\n$/);
  expect(record.junitFile).toContain('errors="1"');
});

describe('a check that takes longer than --timeout-minutes', () => {
  test('is cancelled', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const record = await runCheck(scenario, {
      args: ['--timeout-minutes', '0.01', '--junit-file', 'junit.xml'],
    });
    expect(record.exitCode).toBe(1);
    expect(record.stderr).toMatch(
      /^The wait for the check timed out: it had not ended after 600 ms \(`--timeout-minutes`\).* The check was cancelled on the server: http.*\nHelp: https:.*other-ci\.md\n$/,
    );
    expect(lastPath(scenario)).toMatch(/\/cancel$/);
    expect(record.junitFile).toContain('errors="1"');
  });

  test('continues with --no-cancel-on-timeout', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const record = await runCheck(scenario, {
      args: ['--timeout-minutes', '0.01', '--no-cancel-on-timeout'],
    });
    expect(record.exitCode).toBe(1);
    expect(record.stderr).toContain('The check continues at http');
    expect(lastPath(scenario)).not.toMatch(/\/cancel$/);
  });
});

describe('a refused trigger exits with 1 and names the option to correct', () => {
  const refused = (status: number): FaultRule => ({ on: /trigger$/, faults: [{ kind: 'answer', status }] });

  test.each([
    [400, 'Correct the options (`app_url` is `--app-url`).'],
    [403, 'Check that QASSANDRA_API_KEY is the key of this app'],
    [407, 'A proxy between this machine and the server asks'],
    [409, 'run it again, which creates a new key.'],
    [413, 'shorten `--commit-message` and `--pull-request-title`.'],
    [302, 'Set `--server` (or QASSANDRA_SERVER_URL) to the final address.'],
  ])('%d', async (status, advice) => {
    const scenario = await host.open({ rules: [refused(status)] });
    const record = await runCheck(scenario);
    expect(record.exitCode).toBe(1);
    expect(record.stderr).toContain(advice);
    expect(record.stderr).not.toMatch(/`(api-key|app-id|server-url)`|runner|step/);
  });

  test('hides a replaced key that the server sends back', async () => {
    const scenario = await host.open({
      rules: [
        {
          on: /trigger$/,
          faults: [
            {
              kind: 'rewrite',
              body: () => JSON.stringify({ code: 'invalid_api_key', detail: `Not ${scenarioKey}.` }),
            },
          ],
        },
      ],
    });
    const scenarioKey = scenario.app.apiKey;
    await fetch(`${host.server.url}/api/apps/${scenario.app.id}/api-key`, {
      method: 'POST',
      headers: { cookie: host.server.cookie, origin: `http://localhost:${new URL(host.server.url).port}` },
    });
    const record = await runCheck(scenario);
    expect(record.exitCode).toBe(1);
    expect(record.stderr).toContain('answered 401 Unauthorized, invalid_api_key. Not ***.');
    expect(record.stderr).toContain("put the app's current key into QASSANDRA_API_KEY");
  });

  test('names the option for an app of another key', async () => {
    const scenario = await host.open();
    const record = await runCheck(scenario, { args: ['--app', 'elsewhere'] });
    expect(record.exitCode).toBe(1);
    expect(record.stderr).toContain('Check `--app` (the UUID or the alias of the app) and `--server`');
  });
});

test('asks qassandra.com if no server is named', async () => {
  const proxy = await startProxy({ refusesTunnelsWith: '403 Forbidden' });
  const scenario = await host.open();
  const { exitCode, stderr } = await runCommand({
    args: ['check', '--app', 'shop'],
    env: { QASSANDRA_API_KEY: scenario.app.apiKey, HTTPS_PROXY: proxy.url },
  });
  await proxy.stop();
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`https://qassandra.com could not be reached: the proxy ${proxy.url} answered 403`);
  expect(proxy.requests).toEqual(['CONNECT qassandra.com:443']);
});

test('a temporary fault is a warning on stderr, and the check counts', async () => {
  const scenario = await host.open({
    rules: [{ on: /trigger$/, faults: [{ kind: 'answer', status: 503 }] }],
  });
  const record = await runCheck(scenario);
  expect(record.exitCode).toBe(0);
  expect(record.stderr).toMatch(
    /^Warning: The check was not triggered: .* 503 .*Trying again in \d+ ms\.\n$/,
  );
});
