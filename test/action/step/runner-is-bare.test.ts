import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { resolving, SILENT_REQUESTS, startingWith, WITHOUT_PROXIES } from '../../helpers/action/runtime.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

/** Removes everything that GitHub's runner sets; other runners and local ones leave out some of it. */
const NOTHING = Object.fromEntries(
  [
    ...['ACTION', 'ACTIONS', 'ACTOR', 'EVENT_NAME', 'EVENT_PATH', 'JOB', 'OUTPUT', 'REF', 'REPOSITORY'],
    ...['RUN_ATTEMPT', 'RUN_ID', 'SHA', 'STATE', 'STEP_SUMMARY'],
  ].map((name) => [`GITHUB_${name}`, undefined]),
);

test('a runner without any variables still gets its check', async () => {
  const scenario = await host.open();
  const env = { ...NOTHING, RUNNER_TEMP: undefined };
  const record = await scenario.run({ env, inputs: { 'github-token': 'ghs_token', 'commit-sha': 'abc' } });
  expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
  expect(record.stdout).toContain('::set-output name=conclusion::success');
  expect(record.stdout).toContain('No job summary was written: ');
  const [trigger] = scenario.proxy.requests;
  expect(trigger?.body).toBe('{"git_commit_id":"abc"}');
  expect(trigger?.headers['idempotency-key']).toMatch(/^-\/-\/-\/-\/[0-9a-f-]{36}$/);
});

test('warns if Node.js cannot use the proxy, and the check counts', async () => {
  const scenario = await host.open();
  const { NODE_OPTIONS } = resolving({ 'checks.test': [['127.0.0.1']] });
  const env = {
    NODE_OPTIONS: `${WITHOUT_PROXIES.NODE_OPTIONS} ${NODE_OPTIONS}`,
    HTTP_PROXY: 'http://127.0.0.1:9',
  };
  const inputs = { 'server-url': scenario.proxy.url.replace('127.0.0.1', 'checks.test') };
  const record = await scenario.run({ inputs, env });
  expect(record.exitCode).toBe(0);
  expect(record.warnings).toEqual([
    expect.stringContaining('is an http address'),
    expect.stringMatching(
      /^The environment names a proxy, .* go to the server directly\. To use the proxy, the runner needs Node\.js 24\.5/,
    ),
  ]);
});

test('an unexpected error fails the step, with its details', async () => {
  const scenario = await host.open();
  const record = await scenario.run({ env: startingWith('delete URL.parse') });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    expect.stringMatching(/^Qassandra's action failed unexpectedly: TypeError: URL\.parse is not/),
  ]);
  expect(record.stdout).toContain('::error title=Qassandra%3A a bug::');
});

test('outputs that cannot be written fail the step, and the check is still reported', async () => {
  const scenario = await host.open();
  const record = await scenario.run({ env: { GITHUB_OUTPUT: tmpdir() } });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([expect.stringMatching(/^The check's outputs could not be written: EISDIR/)]);
  expect(record.stdout).toContain('::error title=Qassandra%3A the outputs were not set::');
  expect(record.notices).toEqual([expect.stringContaining('The check succeeded')]);
  expect(record.summary).toContain(': success');
});

test('a state that cannot be written ends the step before any request, since its post step would trigger again', async () => {
  const scenario = await host.open();
  const record = await scenario.run({ env: { GITHUB_STATE: tmpdir() } });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    expect.stringContaining("The step's state could not be written, so nothing was triggered"),
  ]);
  expect(scenario.proxy.requests).toEqual([]);
});

test('a state that cannot be written later is a warning, and the check counts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qassandra-state-'));
  const state = join(folder, 'state');
  await writeFile(state, '');
  const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [{ kind: 'delay', ms: 300 }] }] });
  const action = await scenario.start({ env: { GITHUB_STATE: state } });
  await scenario.proxy.waitFor(/trigger$/);
  await rm(folder, { recursive: true });
  const record = await action.ended;
  expect(record).toMatchObject({ exitCode: 0, outputs: { conclusion: 'success' } });
  expect(record.warnings).toEqual([
    expect.stringContaining('The post step is not told `check-id`: '),
    expect.stringContaining('The post step is not told `over`: '),
  ]);
});

describe('a container without the runner’s folder', () => {
  const FILES = {
    GITHUB_OUTPUT: '/nowhere/output',
    GITHUB_STATE: '/nowhere/state',
    GITHUB_STEP_SUMMARY: '/nowhere/summary',
    GITHUB_EVENT_PATH: '/nowhere/event.json',
    CI: 'false',
  };

  test('gets its check, and prints the outputs for the runner', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qassandra-container-'));
    const scenario = await host.open();
    const record = await scenario.run({ env: { ...FILES, RUNNER_TEMP: join(folder, '__w', '_temp') } });
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(record.stdout).toContain(
      "The runner's file of GITHUB_OUTPUT and GITHUB_STATE is not here, as in a container",
    );
    expect(record.stdout).toContain('::set-output name=conclusion::success');
    expect(record.stdout).toMatch(/^::set-output name=report-file::.*__w/m);
    expect(record.stdout).toContain('::save-state name=over::true');
    await rm(folder, { recursive: true });
  });

  test('cancels the check of a killed step in the post step, by its inputs', async () => {
    const scenario = await host.open({ pages: { '/': { body: 'slow', delayMs: 9000 } } });
    const action = await scenario.start({ env: FILES });
    await scenario.proxy.waitFor(/wait=/);
    action.kill('SIGKILL');
    const { stdout } = await action.ended;
    expect(stdout).not.toContain(scenario.app.apiKey);
    const state = Object.fromEntries(
      [...stdout.matchAll(/^::save-state name=([\w-]+)::(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    const post = await scenario.run({ state, env: FILES });
    expect(post).toMatchObject({ exitCode: 0, errors: [] });
    expect(await scenario.checks()).toMatchObject([{ status: 'cancelled' }]);
  });
});

test('a step that stops before its end fails', async () => {
  const scenario = await host.open();
  const record = await scenario.run({ env: SILENT_REQUESTS });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([expect.stringContaining('Error: it stopped before its end')]);
});
