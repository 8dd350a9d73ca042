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

  test('the second signal does not interrupt the cancel', async () => {
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

  test('a cancel that fails is sent again', async () => {
    const faults = [{ kind: 'answer', status: 500 }, { kind: 'drop' }] as const;
    const scenario = await host.open({ pages: SLOW_SHOP, rules: [{ on: /cancel$/, faults }] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.outputs).toMatchObject(CANCELLED);
    expect(scenario.proxy.requests.filter((seen) => seen.path.endsWith('/cancel'))).toHaveLength(3);
  });

  test('Ctrl-Break, the second signal on Windows, does not interrupt the cancel', async () => {
    const scenario = await host.open({
      pages: SLOW_SHOP,
      rules: [{ on: /cancel$/, faults: [{ kind: 'delay', ms: 300 }] }],
    });
    // Only Windows has this signal, so another signal is passed on as the one Node.js creates there.
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

  test('a check that has ended in the meantime is reported with its result, and the step fails', async () => {
    const scenario = await host.open({
      rules: [{ on: /wait=25/, faults: [{ kind: 'silence' }] }],
    });
    const action = await scenario.start();
    const poll = await scenario.proxy.waitFor(/wait=25/);
    // The real check ends, but the action's own poll is lost.
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

  test('does not say that a check goes on if it has ended with an unknown result', async () => {
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
        /The check had ended, but its result could not be read: .* 502 .*Gave up after .* See http/,
      ),
    ]);
    // The post step has nothing to do.
    expect(record.state.over).toBe('true');
  });

  test('does not say that a check was cancelled if cancel and read contradict each other', async () => {
    const scenario = await host.open({ pages: SLOW_SHOP, rules: [{ on: /cancel$/, faults: [ENDED] }] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.errors).toEqual([
      expect.stringMatching(/The check continues at .* 409 Conflict, check_ended/),
    ]);
    expect(record.outputs.conclusion).toBe('');
    expect(record.state.over).toBeUndefined();
  });

  test('a server that asks for a pause gets one more request before the runner kills the step', async () => {
    const busy: Fault = { kind: 'answer', status: 503, headers: { 'retry-after': '60' } };
    const scenario = await host.open({ pages: SLOW_SHOP, rules: [{ on: /cancel$/, faults: [busy] }] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/^GET .*checks/);
    action.kill('SIGINT');
    expect((await action.ended).errors).toEqual([
      expect.stringContaining('The check was cancelled on the server'),
    ]);
  });

  test('does not say that the check was cancelled if the server refuses', async () => {
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
      expect.stringMatching(/The check continues at .*The check was not cancelled: .* 403/),
    ]);
    expect(record.outputs.conclusion).toBe('');
  });
});

describe('during the report', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s during the comparison ends the comparison, and the result is reported',
    async (signal) => {
      const scenario = await host.open({
        rules: [{ on: /\/comparison$/, faults: [{ kind: 'silence' }] }],
      });
      const action = await scenario.start();
      await scenario.proxy.waitFor(/\/comparison$/);
      action.kill(signal);
      const record = await action.ended;
      expect(record).toMatchObject({ exitCode: 0, errors: [] });
      expect(record.outputs).toMatchObject({ status: 'finished', conclusion: 'success' });
      expect(record.summary).toContain(': success');
      expect(record.debug).toContainEqual(expect.stringContaining(`The step was cancelled (${signal}).`));
    },
  );

  test.each([
    ['searched', /^GET .*comments/],
    ['created', /^POST .*comments/],
  ])('a signal while the comment is %s ends the comment, and the check’s result stays', async (_, on) => {
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

test('a signal right after the start, before anything is sent, triggers no check', async () => {
  const scenario = await host.open();
  // The action first asks GitHub for the commit's message, and GitHub does not answer.
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
