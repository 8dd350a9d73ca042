import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action-scenario.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };

test('a check that has not ended in time fails the step, with what is known', async () => {
  const scenario = await host.open({ pages: SLOW_SHOP });
  const record = await scenario.run({ inputs: { 'timeout-minutes': '0.03' } });

  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    `The wait for the check timed out: it had not ended after 1.8 s (\`timeout-minutes\`), so its result is not known. The check goes on at ${record.outputs['check-url']}`,
  ]);
  expect(record.outputs).toMatchObject({ status: 'running', conclusion: '' });
  expect(record.summary).toMatch(/^## ❌ Qassandra · .+: result not known\n/);
  expect(record.summary).toContain('The wait for the check timed out');
  expect(record.stdout).toContain('The check is running');
});

test('no list of conclusions in fail-on makes a time-out pass', async () => {
  const scenario = await host.open({ pages: SLOW_SHOP });
  const record = await scenario.run({ inputs: { 'timeout-minutes': '0.01', 'fail-on': 'cancelled' } });
  expect(record.exitCode).toBe(1);
});
