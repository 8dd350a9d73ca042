import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { runCheck } from '../helpers/action/command-process.ts';
import { rewriteCheck } from '../helpers/action/rewritten-check.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const incomplete = { reason: 'time_limit', left: 1, message: 'The check stopped after 10 minutes' };
const TOLD =
  'The check is incomplete: The check stopped after 10 minutes. Not checked: 1 known page. 1 of 1 flow passed.';

describe('a check that is incomplete', () => {
  test('exits with 1 and says why on stderr', async () => {
    const scenario = await host.open({ rules: [rewriteCheck({ incomplete })] });
    const args = ['--report-file', 'report.json', '--junit-file', 'junit.xml'];
    const record = await runCheck(scenario, { args });
    expect(record).toMatchObject({ exitCode: 1, stderr: `${TOLD}\n` });
    expect(JSON.parse(record.reportFile)).toMatchObject({ conclusion: 'success', incomplete });
    expect(record.junitFile).toContain('<error message="The check is incomplete: The check stopped');
  });

  test('exits with 0 and a warning if `--fail-on` leaves it out', async () => {
    const scenario = await host.open({ rules: [rewriteCheck({ incomplete })] });
    const record = await runCheck(scenario, { args: ['--fail-on', 'failure,error'] });
    expect(record).toMatchObject({ exitCode: 0, stderr: `Warning: ${TOLD}\n` });
    expect(record.stdout).toContain('The exit code is 0, since `--fail-on` does not name `incomplete`.\n');
  });

  test('exits with 0 and nothing on stderr once it is complete', async () => {
    const scenario = await host.open({ rules: [rewriteCheck({ incomplete: null })] });
    expect(await runCheck(scenario)).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

test('the warnings of a check are on stderr and change nothing else', async () => {
  const warnings = ['/logout was not followed.', 'Limited to 200 pages\u001b[31m by the app’s settings.'];
  const scenario = await host.open({ rules: [rewriteCheck({ warnings })] });
  const record = await runCheck(scenario);
  expect(record).toMatchObject({
    exitCode: 0,
    stderr: 'Warning: /logout was not followed.\nWarning: Limited to 200 pages [31m by the app’s settings.\n',
  });
});

test('`--fail-on` explains what it takes', async () => {
  const record = await runCheck(await host.open(), { args: ['--fail-on', 'failure,partial'] });
  expect(record.exitCode).toBe(1);
  expect(record.stderr).toContain(
    '“partial”, which is no conclusion: use any of success, failure, error, cancelled, incomplete, separated',
  );
});
