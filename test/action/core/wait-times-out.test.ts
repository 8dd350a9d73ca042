import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { HELP } from '../../helpers/action/action-process.ts';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };

test('a check that does not end in time is cancelled, and the step fails', async () => {
  const scenario = await host.open({ pages: SLOW_SHOP });
  const record = await scenario.run({ inputs: { 'timeout-minutes': '0.03' } });

  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    `The wait for the check timed out: it had not ended after 1.8 s (\`timeout-minutes\`), so its result is unknown. The check was cancelled on the server: ${record.outputs['check-url']}${HELP}`,
  ]);
  expect(record.stdout).toContain('::error title=Qassandra%3A timed out::');
  expect(record.outputs).toMatchObject({ status: 'cancelled', conclusion: 'cancelled' });
  expect(record.summary).toMatch(/^## ❌ Qassandra · .+: cancelled\n/);
  expect(record.summary).toContain('The wait for the check timed out');
  expect((await scenario.checks())[0]).toMatchObject({ status: 'cancelled' });
});

test('the check continues without cancel-on-timeout, and the step fails with what is known', async () => {
  const scenario = await host.open({ pages: SLOW_SHOP });
  const inputs = { 'timeout-minutes': '0.03', 'cancel-on-timeout': 'false' };
  const record = await scenario.run({ inputs });

  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    `The wait for the check timed out: it had not ended after 1.8 s (\`timeout-minutes\`), so its result is unknown. The check continues at ${record.outputs['check-url']}${HELP}`,
  ]);
  expect(record.outputs).toMatchObject({ status: 'running', conclusion: '' });
  expect(scenario.proxy.requests.filter(({ path }) => path.endsWith('/cancel'))).toEqual([]);
  expect(record.summary).toMatch(/^## ❌ Qassandra · .+: result not known\n/);
  expect(record.summary).toContain('The wait for the check timed out');
  expect(record.stdout).toContain('The check is running');
});

test('a time-out fails the step for any fail-on', async () => {
  const scenario = await host.open({ pages: SLOW_SHOP });
  const record = await scenario.run({ inputs: { 'timeout-minutes': '0.01', 'fail-on': 'cancelled' } });
  expect(record.exitCode).toBe(1);
});
