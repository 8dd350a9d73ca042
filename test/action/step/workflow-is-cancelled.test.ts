import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { HELP } from '../../helpers/action/action-process.ts';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import { startingWith } from '../../helpers/action/runtime.ts';
import type { Fault } from '../../helpers/network/fault-proxy.ts';
import { startGitHub, TOKEN } from '../../helpers/stand-ins/github.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };
const CANCELLED = { status: 'cancelled', conclusion: 'cancelled' };

describe('during the wait', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s cancels the check and fails the step', async (signal) => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill(signal);
    const record = await action.ended;

    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      `The step was cancelled (${signal}). The check was cancelled on the server: ${record.outputs['check-url']}${HELP}`,
    ]);
    expect(record.outputs).toMatchObject(CANCELLED);
    expect(record.summary).toContain(': cancelled');
    expect(scenario.proxy.requests.at(-1)?.path).toMatch(/\/cancel$/);
  });

  test('the second signal does not end the cancelling', async () => {
    const scenario = await host.open({
      pages: SLOW_SHOP,
      rules: [{ on: /cancel$/, faults: [{ kind: 'delay', ms: 500 }] }],
    });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    await scenario.proxy.waitFor(/cancel$/);
    action.kill('SIGTERM');
    const record = await action.ended;
    expect(record.exitCode).toBe(1);
    expect(record.outputs).toMatchObject(CANCELLED);
  });

  test('a cancel that meets a fault is sent again', async () => {
    const faults = [{ kind: 'answer', status: 500 }, { kind: 'drop' }] as const;
    const scenario = await host.open({ pages: SLOW_SHOP, rules: [{ on: /cancel$/, faults }] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.outputs).toMatchObject(CANCELLED);
    expect(scenario.proxy.requests.filter((seen) => seen.path.endsWith('/cancel'))).toHaveLength(3);
  });

  test('Ctrl-Break, the second signal on Windows, does not cut the cancel short', async () => {
    const scenario = await host.open({
      pages: SLOW_SHOP,
      rules: [{ on: /cancel$/, faults: [{ kind: 'delay', ms: 300 }] }],
    });
    // Only Windows has it, so another signal is handed on as what Node.js makes of it there.
    const env = startingWith("process.on('SIGUSR2', () => process.emit('SIGBREAK', 'SIGBREAK'))");
    const action = await scenario.start({ env });
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGUSR2');
    const record = await action.ended;
    expect(record.outputs).toMatchObject(CANCELLED);
    expect(record.errors).toEqual([expect.stringMatching(/^The step was cancelled \(SIGBREAK\)\. /)]);
    expect((await scenario.checks())[0]?.status).toBe('cancelled');
  });

  test('a check that is cancelled a moment after the answer counts as cancelled', async () => {
    const body = (real: string) =>
      JSON.stringify({ ...JSON.parse(real), status: 'running', conclusion: null });
    const scenario = await host.open({
      pages: SLOW_SHOP,
      rules: [{ on: /cancel$/, faults: [{ kind: 'rewrite', body }] }],
    });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.outputs).toMatchObject(CANCELLED);
    expect(record.errors).toEqual([expect.stringContaining('The check was cancelled on the server: ')]);
  });

  test('a check that has ended meanwhile is reported as it ended, and the step fails', async () => {
    const scenario = await host.open({
      rules: [{ on: /wait=25/, faults: [{ kind: 'silence' }] }],
    });
    const action = await scenario.start();
    const poll = await scenario.proxy.waitFor(/wait=25/);
    // The real check ends, though the action's own poll has been lost.
    const headers = { authorization: `Bearer ${scenario.app.apiKey}` };
    await fetch(`${host.server.url}${poll.path.replace(/&after=\d+/, '')}`, { headers });
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining('The check had ended (success): ')]);
    expect(record.outputs).toMatchObject({ status: 'finished', conclusion: 'success' });
  });

  const ENDED: Fault = {
    kind: 'answer',
    status: 409,
    body: '{"code":"check_ended","detail":"The check has ended."}',
  };

  test('a check that has ended meanwhile, how cannot be read, is not said to go on', async () => {
    const scenario = await host.open({
      pages: SLOW_SHOP,
      rules: [
        { on: /cancel$/, faults: [ENDED] },
        { on: /wait=0/, faults: [{ kind: 'answer', status: 502 }], repeats: true },
      ],
    });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(
        /The check had ended, and how could not be read: .* 502 .*Gave up after .* See http/,
      ),
    ]);
    // Nothing is left for the post step.
    expect(record.state.over).toBe('true');
  });

  test('nor is one said to be cancelled that has ended for the cancel and goes on for the reader', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP, rules: [{ on: /cancel$/, faults: [ENDED] }] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.errors).toEqual([
      expect.stringMatching(/The check goes on at .* 409 Conflict, check_ended/),
    ]);
    expect(record.outputs.conclusion).toBe('');
    expect(record.state.over).toBeUndefined();
  });

  test('a server that asks for a pause is asked once more before the runner kills the step', async () => {
    const busy: Fault = { kind: 'answer', status: 503, headers: { 'retry-after': '60' } };
    const scenario = await host.open({ pages: SLOW_SHOP, rules: [{ on: /cancel$/, faults: [busy] }] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    expect((await action.ended).errors).toEqual([
      expect.stringContaining('The check was cancelled on the server'),
    ]);
  });

  test('a server that refuses the cancel is not said to have cancelled', async () => {
    const scenario = await host.open({
      pages: SLOW_SHOP,
      rules: [{ on: /cancel$/, faults: [{ kind: 'answer', status: 403 }] }],
    });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([
      expect.stringMatching(/The check goes on at .*The check was not cancelled: .* 403/),
    ]);
    expect(record.outputs.conclusion).toBe('');
  });
});

describe('during the report', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while it is compared ends that, and the rest is reported as it ended',
    async (signal) => {
      const scenario = await host.open({
        rules: [{ on: /checks\?branch=/, faults: [{ kind: 'silence' }] }],
      });
      const action = await scenario.start();
      await scenario.proxy.waitFor(/checks\?branch=/);
      action.kill(signal);
      const record = await action.ended;
      expect(record).toMatchObject({ exitCode: 0, errors: [] });
      expect(record.outputs).toMatchObject({ status: 'finished', conclusion: 'success' });
      expect(record.summary).toContain(': success');
      expect(record.debug).toContainEqual(expect.stringContaining(`The step was cancelled (${signal}).`));
    },
  );

  test.each([
    ['looked for', /^GET .*comments/],
    ['made', /^POST .*comments/],
  ])('a signal while the comment is %s ends that, and the check’s own result stands', async (_, on) => {
    const github = await startGitHub({ rules: [{ on, faults: [{ kind: 'silence' }] }] });
    const scenario = await host.open({ pages: { '/': '<a href="/gone">Gone</a>' } });
    const action = await scenario.start({
      inputs: { comment: 'true', 'github-token': TOKEN, 'commit-message': 'Known' },
      event: { name: 'pull_request', payload: recordedEvent('pull_request') },
      env: { GITHUB_API_URL: github.url },
    });
    await github.waitFor(on);
    action.kill('SIGINT');
    const record = await action.ended;
    await github.stop();

    expect(record.exitCode).toBe(1);
    expect(record.errors.at(-1)).toMatch(/^The check failed: /);
    expect(record.warnings).toEqual([
      'The comment on the pull request was not written: The step was cancelled.',
    ]);
    expect(record.outputs).toMatchObject({ status: 'finished', conclusion: 'failure' });
    expect(record.state).toMatchObject({ over: 'true' });
    expect(scenario.proxy.requests.filter(({ path }) => path.endsWith('/cancel'))).toEqual([]);
  });
});

test('a signal right after the start, before anything is sent, makes no check', async () => {
  const scenario = await host.open();
  // The message of the commit is asked for first, and GitHub does not answer.
  const github = await startGitHub({ rules: [{ on: /commits/, faults: [{ kind: 'silence' }] }] });
  const action = await scenario.start({
    inputs: { 'github-token': TOKEN },
    event: { name: 'pull_request', payload: recordedEvent('pull_request') },
    env: { GITHUB_API_URL: github.url },
  });
  await github.waitFor(/commits/);
  action.kill('SIGTERM');
  const record = await action.ended;
  await github.stop();
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([expect.stringMatching(/^The step was cancelled \(SIGTERM\)\. /)]);
  expect(scenario.proxy.requests).toEqual([]);
  expect(await scenario.checks()).toEqual([]);
});
