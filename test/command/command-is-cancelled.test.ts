import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { startCheck } from '../helpers/action/command-process.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const SLOW_SHOP = { '/': { body: '<h1>Shop</h1>', delayMs: 9000 } };

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s cancels the check and exits with 1',
  async (signal) => {
    const scenario = await host.open({ pages: SLOW_SHOP });
    const command = await startCheck(scenario, {
      args: ['--report-file', 'report.json', '--junit-file', 'junit.xml'],
    });
    await scenario.proxy.waitFor(/^GET .*checks/);
    command.kill(signal);
    const record = await command.ended;

    expect(record.exitCode).toBe(1);
    expect(record.stdout).toContain('\nCancelling the check …\n');
    expect(record.stderr).toMatch(
      new RegExp(
        `^The command was cancelled \\(${signal}\\)\\. The check was cancelled on the server: http.*\n`,
      ),
    );
    expect(await scenario.checks()).toEqual([expect.objectContaining({ status: 'cancelled' })]);
    expect(JSON.parse(record.reportFile)).toMatchObject({ status: 'cancelled', conclusion: 'cancelled' });
    expect(record.junitFile).toContain('errors="1"');
  },
);

test('during the trigger, waits for the answer and cancels its check', async () => {
  const scenario = await host.open({
    pages: SLOW_SHOP,
    rules: [{ on: /trigger$/, faults: [{ kind: 'delay', ms: 600 }] }],
  });
  const command = await startCheck(scenario);
  await scenario.proxy.waitFor(/trigger$/);
  command.kill('SIGINT');
  expect((await command.ended).exitCode).toBe(1);
  expect(scenario.proxy.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['trigger', 'cancel']);
});

test('a trigger that is never answered does not block the command, and leaves no report', async () => {
  const scenario = await host.open({
    rules: [{ on: /trigger$/, faults: [{ kind: 'silence' }], repeats: true }],
  });
  const command = await startCheck(scenario, { args: ['--report-file', 'report.json'] });
  await scenario.proxy.waitFor(/trigger$/);
  command.kill('SIGINT');
  const record = await command.ended;
  expect(record).toMatchObject({ exitCode: 1, reportFile: '' });
  expect(record.stderr).toContain('The server had not answered the trigger');
});

test('a signal after the verdict cancels nothing, and no message says so', async () => {
  const scenario = await host.open({
    rules: [{ on: /\/comparison$/, faults: [{ kind: 'silence' }] }],
  });
  const command = await startCheck(scenario);
  await scenario.proxy.waitFor(/\/comparison$/);
  command.kill('SIGINT');
  const record = await command.ended;
  expect(record).toMatchObject({ exitCode: 0, stderr: '' });
  expect(record.stdout).toContain('The check succeeded');
  expect(record.stdout).not.toContain('Cancelling');
});

test('does not say that the check was cancelled if the server refuses', async () => {
  const scenario = await host.open({
    pages: SLOW_SHOP,
    rules: [{ on: /cancel$/, faults: [{ kind: 'answer', status: 403 }] }],
  });
  const command = await startCheck(scenario);
  await scenario.proxy.waitFor(/^GET .*checks/);
  command.kill('SIGINT');
  const record = await command.ended;
  expect(record.exitCode).toBe(1);
  expect(record.stderr).toMatch(/The check continues at http.*: The check was not cancelled: .* 403/);
});
