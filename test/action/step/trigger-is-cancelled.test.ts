import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import type { Fault, FaultRule } from '../../helpers/network/fault-proxy.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };
const CANCELLED = { status: 'cancelled', conclusion: 'cancelled' };

describe('during the trigger', () => {
  test('waits for the answer and cancels its check', async () => {
    const scenario = await host.open({
      pages: SLOW_SHOP,
      rules: [{ on: /trigger$/, faults: [{ kind: 'delay', ms: 600 }] }],
    });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/trigger$/);
    action.kill('SIGINT');
    const record = await action.ended;

    expect(record.exitCode).toBe(1);
    expect(record.outputs).toMatchObject(CANCELLED);
    expect(scenario.proxy.requests.map((seen) => seen.path.split('/').at(-1))).toEqual(['trigger', 'cancel']);
  });

  test('waits for the answer in a step that does not wait for the check', async () => {
    const scenario = await host.open({
      pages: SLOW_SHOP,
      rules: [{ on: /trigger$/, faults: [{ kind: 'delay', ms: 600 }] }],
    });
    const action = await scenario.start({ inputs: { wait: 'false' } });
    await scenario.proxy.waitFor(/trigger$/);
    action.kill('SIGINT');
    expect((await action.ended).outputs).toMatchObject(CANCELLED);
  });

  test('an answer that never comes does not block the step', async () => {
    const silence: FaultRule = { on: /trigger$/, faults: [{ kind: 'silence' }], repeats: true };
    const scenario = await host.open({ rules: [silence] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/trigger$/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining('The server had not answered the trigger')]);
    expect(record.outputs).toMatchObject({ 'check-id': '', ...CANCELLED });
  });

  test.each<[string, Fault, RegExp]>([
    ['was lost', { kind: 'drop', forwarded: true }, /Trying again in/],
    ['was replaced with a 408', { kind: 'rewrite', status: 408, body: () => '408' }, /Trying again in/],
    ['does not come in time', { kind: 'delay', ms: 20_000 }, /add-mask/],
  ])('a check whose answer %s is found by its idempotency key and cancelled', async (_, fault, printed) => {
    const scenario = await host.open({ pages: SLOW_SHOP, rules: [{ on: /trigger$/, faults: [fault] }] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/trigger$/);
    await action.printed(printed);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.exitCode).toBe(1);
    expect(record.errors).toEqual([expect.stringContaining('The check was cancelled on the server: ')]);
    expect(await scenario.checks()).toEqual([expect.objectContaining({ status: 'cancelled' })]);
  });

  test('a pause after a refusal ends, and nothing else is sent', async () => {
    const fault = { kind: 'answer', status: 503, headers: { 'retry-after': '30' } } as const;
    const scenario = await host.open({ rules: [{ on: /trigger$/, faults: [fault] }] });
    const action = await scenario.start();
    await scenario.proxy.waitFor(/trigger$/);
    action.kill('SIGINT');
    const record = await action.ended;
    expect(record.exitCode).toBe(1);
    expect(scenario.proxy.requests).toHaveLength(1);
    expect(await scenario.checks()).toEqual([]);
  });
});
