import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { onPullRequest } from '../../helpers/action/pull-request.ts';
import { rewriteCheck, showFlows } from '../../helpers/action/rewritten-check.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const INCOMPLETE = {
  reason: 'page_limit',
  left: 312,
  message: 'The check stopped at 5,000 pages. Raise `max_pages`.',
};
const TOLD = 'The check stopped at 5,000 pages. Raise `max_pages`. Not checked: 312 known pages.';
const FAILED = showFlows([{ name: 'GET /a', status: 'failed', error: 'responded 500' }]);

describe('a check that is incomplete', () => {
  test('fails the step although all its flows passed, and says why and how much is left', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open({ rules: [rewriteCheck({ incomplete: INCOMPLETE })] });
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 1, warnings: [], notices: [] });
    expect(record.outputs).toMatchObject({ status: 'finished', conclusion: 'success' });
    expect(record.errors).toEqual([
      `The check is incomplete: ${TOLD} 1 of 1 flow passed. See ${record.outputs['check-url']}`,
    ]);
    expect(record.stdout).toContain('::error title=Qassandra%3A the check is incomplete::');
    for (const text of [record.summary, github.comments[0]?.body]) {
      expect(text).toMatch(/^## ⚠️ Qassandra · App \d+: incomplete$/m);
      const markup = TOLD.replaceAll('`', '&#96;');
      expect(text).toContain(`<p>⚠️ <strong>Incomplete:</strong> ${markup}</p>`);
    }
    expect(JSON.parse(record.reports.json)).toMatchObject({ conclusion: 'success', incomplete: INCOMPLETE });
  });

  test.each(['failure', 'error,cancelled', 'failure, error, cancelled'])(
    'causes a warning if `fail-on` is %s',
    async (failOn) => {
      const scenario = await host.open({ rules: [rewriteCheck({ incomplete: INCOMPLETE })] });
      const record = await scenario.run({ inputs: { 'fail-on': failOn } });
      expect(record).toMatchObject({ exitCode: 0, errors: [], notices: [] });
      expect(record.warnings).toEqual([
        `The check is incomplete: ${TOLD} 1 of 1 flow passed. The step passes, since \`fail-on\` does not name \`incomplete\`.`,
      ]);
    },
  );

  test('fails the step by its failures first, and says both', async () => {
    const scenario = await host.open({ rules: [rewriteCheck({ ...FAILED, incomplete: INCOMPLETE })] });
    const failing = await scenario.run();
    expect(failing.errors.at(-1)).toMatch(
      /^The check failed: 1 of 1 flow failed, 0 passed\. It is incomplete too: .* 312 known pages\. Failed: GET \/a/,
    );
    expect(failing.summary).toMatch(/^## ❌ Qassandra · App \d+: failure$/m);
    const incomplete = await scenario.run({ inputs: { 'fail-on': 'incomplete' } });
    expect(incomplete.exitCode).toBe(1);
    expect(incomplete.stdout).toContain(
      '::error title=Qassandra%3A the check is incomplete::The check failed:',
    );
    const passing = await scenario.run({ inputs: { 'fail-on': 'error' } });
    expect(passing.exitCode).toBe(0);
    expect(passing.warnings.at(-1)).toContain('does not name `failure` or `incomplete`.');
  });

  test.each([
    ['has an unknown reason', { reason: 'bored', left: 0, message: 'It was bored.' }, 'It was bored.'],
    ['does not say more', {}, 'The server gives no reason.'],
    ['is only told as a text', 'yes', 'The server gives no reason.'],
  ])('counts also if it %s', async (_, incomplete, why) => {
    const scenario = await host.open({ rules: [rewriteCheck({ incomplete })] });
    const record = await scenario.run();
    expect(record.exitCode).toBe(1);
    expect(record.errors[0]).toContain(`The check is incomplete: ${why} 1 of 1 flow passed.`);
  });
});

describe('a check that is complete', () => {
  test.each([
    ['says so', { incomplete: null }],
    ['is of a server that does not know of it', { incomplete: undefined, warnings: undefined }],
  ])('passes if it %s', async (_, changes) => {
    const scenario = await host.open({ rules: [rewriteCheck(changes)] });
    const record = await scenario.run();
    expect(record).toMatchObject({ exitCode: 0, warnings: [], errors: [] });
    expect(record.summary).toMatch(/^## ✅ Qassandra · App \d+: success$/m);
    expect(record.summary).not.toMatch(/incomplete|warning/i);
    expect(JSON.parse(record.reports.json)).toMatchObject({ incomplete: null, warnings: [] });
  });
});

describe('the warnings of a check', () => {
  const warnings = Array.from({ length: 25 }, (_, index) => `Warning ${index} of <app>.`);

  test('are shown as warnings of the step, in its summary and its comment, and change nothing else', async () => {
    const github = await host.openGitHub();
    const scenario = await host.open({ rules: [rewriteCheck({ warnings: warnings.slice(0, 2) })] });
    const record = await scenario.run(onPullRequest(github));
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: warnings.slice(0, 2) });
    expect(record.notices).toEqual(['The check succeeded: 1 of 1 flow passed.']);
    for (const text of [record.summary, github.comments[0]?.body]) {
      expect(text).toMatch(/^## ✅ /m);
      expect(text).toContain('<li>Warning 0 of &lt;app&gt;.</li>\n<li>Warning 1 of &lt;app&gt;.</li>\n</ul>');
    }
    expect(JSON.parse(record.reports.json)).toMatchObject({ warnings: warnings.slice(0, 2) });
  });

  test('leave room for failures among the annotations, and are all in the log', async () => {
    const scenario = await host.open({ rules: [rewriteCheck({ ...FAILED, warnings })] });
    const record = await scenario.run({ inputs: { 'fail-on': 'error' } });
    expect(record.warnings).toEqual(['Warning 0 of <app>.', 'Warning 1 of <app>.', 'GET /a: responded 500']);
    expect(record.stdout).toContain('The server warns of 23 more: Warning 2 of <app>. Warning 3');
    expect(record.summary).toContain('<li>and 5 more: see the check</li>');
  });
});
