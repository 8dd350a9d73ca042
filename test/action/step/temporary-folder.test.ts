import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const BROKEN_SHOP = { '/': '<a href="/gone">Gone</a>' };

/** No folder can be made within a file. */
const NO_FOLDER = join(import.meta.filename, 'folder');

test('a file that cannot be written is a warning, and the gate’s result stays', async () => {
  const scenario = await host.open({ pages: BROKEN_SHOP });
  const env = { RUNNER_TEMP: NO_FOLDER, TMPDIR: NO_FOLDER };
  const failing = await scenario.run({ env });
  expect(failing.exitCode).toBe(1);
  expect(failing.warnings).toEqual([expect.stringMatching(/^No report files were written: ENOTDIR/)]);
  expect(failing.outputs).toMatchObject({ conclusion: 'failure', 'report-file': '', 'junit-file': '' });
  const passing = await scenario.run({ env, inputs: { 'fail-on': 'error' } });
  expect(passing.exitCode).toBe(0);
});

test.each([
  ['unset', undefined],
  ['empty', ''],
  ['a folder that cannot be made', NO_FOLDER],
])('the files go to the system’s temporary folder if RUNNER_TEMP is %s', async (_, RUNNER_TEMP) => {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'qassandra-tmp-'));
  const scenario = await host.open();
  const { outputs, reports, warnings } = await scenario.run({ env: { RUNNER_TEMP, TMPDIR } });
  expect(dirname(outputs['report-file'] ?? '')).toBe(TMPDIR);
  expect(JSON.parse(reports.json)).toMatchObject({ conclusion: 'success' });
  expect(warnings).toEqual([]);
  await rm(TMPDIR, { recursive: true });
});

test('the folder of RUNNER_TEMP is made if it is not there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qassandra-tmp-'));
  const RUNNER_TEMP = join(folder, 'work', '_temp');
  const scenario = await host.open();
  const { outputs, reports } = await scenario.run({ env: { RUNNER_TEMP } });
  expect(dirname(outputs['report-file'] ?? '')).toBe(RUNNER_TEMP);
  expect(JSON.parse(reports.json)).toMatchObject({ conclusion: 'success' });
  await rm(folder, { recursive: true });
});
