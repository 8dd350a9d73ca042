import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { runCheck, runCommand } from '../helpers/action/command-process.ts';
import type { Fault } from '../helpers/network/fault-proxy.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SHOP = {
  '/': '<h1>Shop</h1><a href="/pricing">Pricing</a>',
  '/pricing': '<h1>Pricing</h1>',
};

test('a successful check exits with 0: link first, a line per flow, verdict and link', async () => {
  const scenario = await host.open({ pages: SHOP });
  const record = await runCheck(scenario);

  expect(record).toMatchObject({ exitCode: 0, stderr: '', reportFile: '', junitFile: '' });
  const [check] = await scenario.checks();
  const lines = record.stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(new RegExp(`^Check: http.*/checks/${check?.id}$`));
  expect(lines).toContainEqual(expect.stringMatching(/^✓ GET \/ \(\d+ ms\)$/));
  expect(lines).toContainEqual(expect.stringMatching(/^✓ GET \/pricing \(\d+ ms\)$/));
  expect(lines.slice(-2)).toEqual([
    'The check succeeded: 2 of 2 flows passed.',
    expect.stringMatching(new RegExp(`^See http.*/checks/${check?.id}$`)),
  ]);
});

test('sends one trigger with its own User-Agent, and each process its own idempotency key', async () => {
  const scenario = await host.open();
  await Promise.all([runCheck(scenario), runCheck(scenario)]);
  const triggers = scenario.proxy.requests.filter(({ path }) => path.endsWith('/trigger'));
  expect(triggers).toHaveLength(2);
  for (const { headers, body } of triggers) {
    expect(headers).toMatchObject({
      'user-agent': expect.stringMatching(/^qassandra-cli\/\d+\.\d+\.\d+ \(node \d+/),
      'idempotency-key': expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
    expect(JSON.parse(body)).toEqual({});
  }
  expect(await scenario.checks()).toHaveLength(2);
});

test('reads the server from QASSANDRA_SERVER_URL, and accepts an alias and a line break after the key', async () => {
  const scenario = await host.open();
  const record = await runCommand({
    args: ['check', `--app=${scenario.app.alias}`],
    env: {
      QASSANDRA_API_KEY: ` ${scenario.app.apiKey}\n`,
      QASSANDRA_SERVER_URL: `${scenario.proxy.url}/`,
    },
  });
  expect(record).toMatchObject({ exitCode: 0, stderr: '' });
  expect(scenario.proxy.requests[0]?.path).toBe(`/api/apps/${scenario.app.alias}/trigger`);
});

test('a check that starts again, since its worker died, is shown again', async () => {
  const flow = { name: 'GET /lost', status: 'passed', duration_ms: 1, error: null };
  const shown = (members: object): Fault => ({
    kind: 'rewrite',
    body: (real) => JSON.stringify({ ...JSON.parse(real), conclusion: null, ...members }),
  });
  const faults = [
    shown({ status: 'running', revision: 2, flows: [flow] }),
    shown({ status: 'scheduled', revision: 3, flows: [] }),
  ];
  const scenario = await host.open({ rules: [{ on: /checks\/[^/]+\?/, faults }] });
  const record = await runCheck(scenario);
  expect(record.exitCode).toBe(0);
  expect(record.stdout).toMatch(
    /The check is running\.\nFlows:\n✓ GET \/lost .*\nThe check is scheduled\.\nFlows:\n✓ GET \/ /,
  );
});

test('each warning of the server is one line on stderr', async () => {
  const warnings = ['The field `brnach` is not known, and was left out.', 'Second\nline'];
  const body = (real: string) => JSON.stringify({ ...JSON.parse(real), warnings });
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [{ kind: 'rewrite', body }] }] });
  const record = await runCheck(scenario);
  expect(record.exitCode).toBe(0);
  expect(record.stderr).toBe(`Warning: ${warnings[0]}\nWarning: Second line\n`);
});

test('exits with 0 once the check is triggered if --no-wait is set', async () => {
  const scenario = await host.open();
  const record = await runCheck(scenario, { args: ['--no-wait'] });
  expect(record).toMatchObject({ exitCode: 0, stderr: '' });
  expect(scenario.proxy.requests).toHaveLength(1);
  expect(record.stdout).toMatch(/\nThe check was triggered. Not waiting for its result: http.*\n$/);
});

test('sends the values of the options', async () => {
  const scenario = await host.open({ withoutUrl: true });
  const record = await runCheck(scenario, {
    args: [
      ...['--app-url', `${scenario.site.url}/`, '--discover-flows', '--branch', 'feature/x'],
      ...['--commit-sha', 'abc123', '--commit-message=- a list', '--pull-request-number', '#42'],
      ...['--pull-request-title', 'Add “x”'],
    ],
  });
  expect(record.exitCode).toBe(0);
  expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toEqual({
    app_url: `${scenario.site.url}/`,
    discover_flows: true,
    branch: 'feature/x',
    git_commit_id: 'abc123',
    git_commit_message: '- a list',
    pull_request_id: '42',
    pull_request_name: 'Add “x”',
  });
});

test('a GitLab job sends GitLab’s values, unless an option has another', async () => {
  const scenario = await host.open();
  await runCheck(scenario, {
    args: ['--branch', 'renamed'],
    env: {
      CI: 'true',
      GITLAB_CI: 'true',
      CI_COMMIT_SHA: 'abc123',
      CI_COMMIT_MESSAGE: 'Add dark mode\n',
      CI_COMMIT_BRANCH: 'dark-mode',
      CI_ENVIRONMENT_URL: 'https://review.example.com',
    },
  });
  expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toEqual({
    git_commit_id: 'abc123',
    git_commit_message: 'Add dark mode\n',
    branch: 'renamed',
  });
});

test('QASSANDRA_DEBUG shows each request on stderr', async () => {
  const scenario = await host.open();
  const record = await runCheck(scenario, { env: { QASSANDRA_DEBUG: '1' } });
  expect(record.exitCode).toBe(0);
  expect(record.stderr).toMatch(/^POST \/api\/apps\/.*\/trigger: 202 after \d+ ms, request id [\w-]+$/m);
});

test('QASSANDRA_DEBUG shows a request without an answer', async () => {
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [{ kind: 'drop' }] }] });
  const record = await runCheck(scenario, { env: { QASSANDRA_DEBUG: '1' } });
  expect(record.exitCode).toBe(0);
  expect(record.stderr).toMatch(/^POST .*\/trigger: no answer after \d+ ms, request id none$/m);
});
