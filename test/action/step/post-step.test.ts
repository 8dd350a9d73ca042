import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { Fault, FaultRule } from '../../helpers/network/fault-proxy.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };
const NOTHING_LEFT = 'Nothing is left to do: the step came to its end, or had triggered no check.\n';

function openSlowShop(rules: FaultRule[] = []) {
  return host.open({ pages: SLOW_SHOP, rules });
}

/** Returns the state of a step that is killed when the proxy sees such a request. */
async function killAt(scenario: Scenario, pattern: RegExp): Promise<Readonly<Record<string, string>>> {
  const action = await scenario.start();
  await scenario.proxy.waitFor(pattern);
  action.kill('SIGKILL');
  const { exitCode, state, outputs, stdout } = await action.ended;
  expect(stdout).not.toContain(scenario.app.apiKey);
  expect({ exitCode, outputs }).toEqual({ exitCode: null, outputs: {} });
  return state;
}

function listCancels(scenario: Scenario): string[] {
  return scenario.proxy.requests.map(({ path }) => path).filter((path) => path.endsWith('/cancel'));
}

describe('after a step that was killed while waiting, the post step', () => {
  test('cancels the check on the server', async () => {
    const scenario = await openSlowShop();
    const state = await killAt(scenario, /wait=/);
    const post = await scenario.run({ state });
    expect(post).toMatchObject({ exitCode: 0, errors: [], outputs: {}, summary: '' });
    expect(post.stdout).toMatch(/^The check was cancelled on the server: http\S+$/m);
    expect(listCancels(scenario)).toHaveLength(1);
    const [check, ...more] = await scenario.checks();
    expect(more).toEqual([]);
    expect(check?.id).toBe(state['check-id']);
    expect(check?.status).toBe('cancelled');
  });

  test('shows the result of a check that has ended in the meantime', async () => {
    const scenario = await host.open({ rules: [{ on: /wait=/, faults: [{ kind: 'silence' }] }] });
    const state = await killAt(scenario, /wait=/);
    const headers = { authorization: `Bearer ${scenario.app.apiKey}` };
    const check = `${host.server.url}/api/apps/${scenario.app.id}/checks/${state['check-id']}?wait=20`;
    expect(await (await fetch(check, { headers })).json()).toMatchObject({ conclusion: 'success' });
    const post = await scenario.run({ state });
    expect(post).toMatchObject({ exitCode: 0, errors: [] });
    expect(post.stdout).toMatch(/^The check had ended \(success\): http\S+$/m);
  });

  test('accepts an answer that the check is about to be cancelled', async () => {
    const pending: Fault = {
      kind: 'rewrite',
      body: (real) => JSON.stringify({ ...JSON.parse(real), status: 'running', conclusion: null }),
    };
    const scenario = await openSlowShop([{ on: /cancel$/, faults: [pending] }]);
    const post = await scenario.run({ state: await killAt(scenario, /wait=/) });
    expect(post.stdout).toMatch(/^The check was cancelled on the server: /m);
  });

  test('does not run a link as a command', async () => {
    const linked: Fault = {
      kind: 'rewrite',
      body: (real) =>
        JSON.stringify({ ...JSON.parse(real), url: 'https://q.example/##[add-mask]e##vso[task.x]' }),
    };
    const scenario = await openSlowShop([{ on: /cancel$/, faults: [linked] }]);
    const post = await scenario.run({ state: await killAt(scenario, /wait=/) });
    expect(post.stdout).toMatch(
      /^The check was cancelled on the server: https:\/\/q\.example\/##%5Badd-mask\]e##vso%5Btask\.x\]$/m,
    );
  });

  test('passes if the check has ended with an unknown result', async () => {
    const scenario = await openSlowShop([
      { on: /cancel$/, faults: [{ kind: 'answer', status: 409 }] },
      { on: /wait=0/, faults: [{ kind: 'answer', status: 403 }], repeats: true },
    ]);
    const post = await scenario.run({ state: await killAt(scenario, /wait=25/) });
    expect(post).toMatchObject({ exitCode: 0, errors: [] });
    expect(post.stdout).toMatch(/^The check had ended, but its result could not be read: .* 403 /m);
  });

  test('tries again if the server fails, and says so', async () => {
    const faults: Fault[] = [{ kind: 'answer', status: 503 }, { kind: 'drop' }];
    const scenario = await openSlowShop([{ on: /cancel$/, faults }]);
    const post = await scenario.run({ state: await killAt(scenario, /wait=/) });
    expect(post.exitCode).toBe(0);
    expect(listCancels(scenario)).toHaveLength(3);
    expect(post.stdout).toMatch(/answered 503 .* Trying again in /);
    expect((await scenario.checks())[0]?.status).toBe('cancelled');
  });

  test('fails with the reason if the server refuses', async () => {
    const refused: Fault = { kind: 'answer', status: 403 };
    const scenario = await openSlowShop([{ on: /cancel$/, faults: [refused], repeats: true }]);
    const post = await scenario.run({ state: await killAt(scenario, /wait=/) });
    expect(post.exitCode).toBe(1);
    expect(post.errors).toEqual([expect.stringMatching(/^The check was not cancelled: .* 403 Forbidden/)]);
  });
});

describe('after a step of a composite action, the post step', () => {
  const EMPTY = { 'api-key': '', 'app-id': '', 'server-url': '', 'if-no-key': '' };

  test.each<[string, Readonly<Record<string, string>>]>([
    ['empty', EMPTY],
    ['of another action', { ...EMPTY, 'api-key': 'token', 'app-id': 'x y', 'server-url': 'ftp://else' }],
    ['of another app’s step', { 'app-id': 'blog', 'server-url': 'http://127.0.0.1:9', wait: 'maybe' }],
  ])('cancels the check with the inputs %s', async (_, inputs) => {
    const scenario = await openSlowShop();
    const state = await killAt(scenario, /wait=/);
    const post = await scenario.run({ state, inputs });
    expect(post).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(post.isMasked(scenario.app.apiKey)).toBe(true);
    expect(listCancels(scenario)).toHaveLength(1);
    expect(await scenario.checks()).toMatchObject([{ status: 'cancelled' }]);
  });

  test('fails with what is missing if the inputs are empty and the state does not name the server', async () => {
    const scenario = await openSlowShop();
    const { access: _access, ...state } = await killAt(scenario, /wait=/);
    const post = await scenario.run({ state, inputs: EMPTY });
    expect(post.exitCode).toBe(1);
    expect(post.errors).toEqual([expect.stringContaining('The input `api-key` is empty')]);
  });
});

describe('after a step whose own cancel failed, the post step', () => {
  test('cancels the check', async () => {
    const scenario = await openSlowShop([{ on: /cancel$/, faults: [{ kind: 'answer', status: 403 }] }]);
    const action = await scenario.start();
    await scenario.proxy.waitFor(/wait=/);
    action.kill('SIGINT');
    const { exitCode, state } = await action.ended;
    expect(exitCode).toBe(1);
    expect((await scenario.checks())[0]?.status).toBe('running');
    const post = await scenario.run({ state });
    expect(post).toMatchObject({ exitCode: 0, errors: [] });
    expect((await scenario.checks())[0]?.status).toBe('cancelled');
  });

  test('cancels the check if the step was killed while cancelling', async () => {
    const scenario = await openSlowShop([{ on: /cancel$/, faults: [{ kind: 'silence' }] }]);
    const action = await scenario.start();
    await scenario.proxy.waitFor(/wait=/);
    action.kill('SIGINT');
    await scenario.proxy.waitFor(/cancel$/);
    action.kill('SIGKILL');
    const post = await scenario.run({ state: (await action.ended).state });
    expect(post.exitCode).toBe(0);
    expect((await scenario.checks())[0]?.status).toBe('cancelled');
  });
});

describe('the post step', () => {
  test.each([
    ['that finished', {}],
    ['that failed', { 'fail-on': 'success' }],
    ['that did not wait', { wait: 'false' }],
    ['with an invalid input', { wait: 'perhaps' }],
    ['that was skipped without a key', { 'api-key': '', 'if-no-key': 'skip' }],
  ])('sends nothing to the server after a step %s', async (_, inputs) => {
    const scenario = await host.open();
    const { state } = await scenario.run({ inputs });
    const before = scenario.proxy.requests.length;
    const post = await scenario.run({ inputs, state });
    expect(post).toMatchObject({ exitCode: 0, stdout: NOTHING_LEFT, outputs: {}, summary: '' });
    expect(scenario.proxy.requests).toHaveLength(before);
  });

  test('sends nothing to the server after a step that cancelled its check', async () => {
    const scenario = await openSlowShop();
    const action = await scenario.start();
    await scenario.proxy.waitFor(/wait=/);
    action.kill('SIGINT');
    const post = await scenario.run({ state: (await action.ended).state });
    expect(post).toMatchObject({ exitCode: 0, stdout: NOTHING_LEFT });
    expect(listCancels(scenario)).toHaveLength(1);
  });

  test('sends nothing to the server after a step that was killed before the trigger was answered', async () => {
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [{ kind: 'silence' }] }] });
    const state = await killAt(scenario, /trigger$/);
    const post = await scenario.run({ state });
    expect(post).toMatchObject({ exitCode: 0, stdout: NOTHING_LEFT });
    expect(scenario.proxy.requests).toHaveLength(1);
  });
});
