import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ActionOptions, runAction } from '../../helpers/action/action-process.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import { evaluate } from '../../helpers/action/workflow.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';

/** Stands in for the server, to show that it gets no request. */
let server: Site;
beforeAll(async () => {
  server = await startSite({});
});
afterAll(() => server.stop());

function run(inputs: Record<string, string>, options: Partial<ActionOptions> = {}) {
  const given = { 'api-key': '', 'app-id': 'shop', 'server-url': server.url, ...inputs };
  return runAction({ ...options, inputs: given });
}

/** Creates the recorded pull request as if from a fork of the recorded repository. */
function forkPullRequest(repo: object | null = { full_name: 'someone/Hello-World' }) {
  const payload = recordedEvent('pull_request');
  const pull = payload.pull_request as { head: { repo: object | null } };
  pull.head.repo = repo;
  return { name: 'pull_request', payload };
}

function pullRequestBy(login: string) {
  const payload = recordedEvent('pull_request');
  Object.assign(payload.pull_request as object, { user: { login } });
  return payload;
}

/** Creates the recorded pull request with another event or actor. */
function startedBy(actor: string, name: string): Partial<ActionOptions> {
  return { event: { name, payload: recordedEvent('pull_request') }, env: { GITHUB_ACTOR: actor } };
}

const CASES: [string, Partial<ActionOptions>, string][] = [
  ['a push', { event: { name: 'push', payload: recordedEvent('push') } }, 'Add the key as a secret under'],
  [
    'a pull request of the repository',
    { event: { name: 'pull_request', payload: recordedEvent('pull_request') } },
    'Add the key as a secret under',
  ],
  ['a pull request from a fork', { event: forkPullRequest() }, 'This pull request comes from a fork'],
  [
    'a pull request from a fork that is gone',
    { event: forkPullRequest(null) },
    'This pull request comes from a fork',
  ],
  [
    'a run of Dependabot',
    startedBy('dependabot[bot]', 'pull_request'),
    'Dependabot started this run, and its runs read the Dependabot secrets',
  ],
  [
    'a pull request of Dependabot that gets no secrets at all',
    {
      event: { name: 'pull_request_target', payload: pullRequestBy('dependabot[bot]') },
      env: { GITHUB_ACTOR: 'dependabot[bot]' },
    },
    'This pull request is of Dependabot, and GitHub gives the runs of `pull_request_target` for it no secrets',
  ],
  [
    'a pull request of Dependabot on which somebody has started the run',
    { event: { name: 'pull_request_target', payload: pullRequestBy('dependabot[bot]') } },
    'Add the key as a secret under',
  ],
  [
    'a pull request of somebody else that Dependabot has touched',
    startedBy('dependabot[bot]', 'pull_request_target'),
    'Add the key as a secret under',
  ],
  [
    'a run of Dependabot that reads the Actions secrets',
    startedBy('dependabot[bot]', 'workflow_dispatch'),
    'Add the key as a secret under',
  ],
];

describe('a step without a key, with `skip`, passes without a check and says why', () => {
  test.each(CASES)('passes on %s', async (_, options, reason) => {
    const record = await run({ 'if-no-key': 'skip' }, options);
    const told = `No check was triggered: the input \`api-key\` is empty, and \`if-no-key\` is \`skip\`. ${reason}`;
    expect(record).toMatchObject({ exitCode: 0, stderr: '', errors: [], warnings: [], outputs: {} });
    expect(record.notices).toEqual([expect.stringContaining(told)]);
    expect(record.stdout).toContain('::notice title=Qassandra%3A skipped::');
    expect(record.summary).toMatch(/^## ⏭️ Qassandra: skipped\n\n<p>No check was triggered: .*<\/p>\n$/);
    expect(server.requests).toEqual([]);
  });

  test('accepts any letter case and spaces around it', async () => {
    expect((await run({ 'api-key': ' \n', 'if-no-key': ' SKIP ' })).exitCode).toBe(0);
  });

  test('passes even if no summary can be written', async () => {
    const record = await run({ 'if-no-key': 'skip' }, { env: { GITHUB_STEP_SUMMARY: '' } });
    expect(record.exitCode).toBe(0);
    expect(record.stdout).toContain('No job summary was written: ');
  });
});

describe('a step without a key fails with `fail`, the default', () => {
  test.each(CASES)('passes on %s', async (_, options, reason) => {
    const given = { 'api-key': ' ', 'if-no-key': 'fail' };
    const records = await Promise.all([run({}, options), run(given, options)]);
    for (const record of records) {
      expect(record).toMatchObject({ exitCode: 1, stderr: '', notices: [], summary: '', outputs: {} });
      expect(record.errors).toEqual([expect.stringContaining(`The input \`api-key\` is empty. ${reason}`)]);
    }
    expect(server.requests).toEqual([]);
  });
});

test('the condition that skips the step for forks runs it for everything else', async () => {
  const [told = ''] = (await run({}, { event: forkPullRequest() })).errors;
  const condition = /`if: (.*?)`/.exec(told)?.[1] ?? '';
  const isRun = ({ payload }: { payload: object }) =>
    evaluate(condition, { github: { event: payload, repository: 'octo-org/shop' } });
  const ours = forkPullRequest({ full_name: 'octo-org/shop' });
  expect([forkPullRequest(), forkPullRequest(null)].map(isRun)).toEqual(['false', 'false']);
  expect([ours, { payload: recordedEvent('push') }].map(isRun)).toEqual(['true', 'true']);
});

test('any other value fails the step', async () => {
  const record = await run({ 'if-no-key': 'ignore' });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([
    expect.stringContaining('The input `if-no-key` is “ignore”: it must be `fail` or `skip`.'),
  ]);
});

test('an invalid key still fails the step', async () => {
  const record = await run({ 'api-key': 'qsk_truncated', 'if-no-key': 'skip' });
  expect(record.exitCode).toBe(1);
  expect(record.errors).toEqual([expect.stringContaining('does not look like a Qassandra key')]);
  expect(server.requests).toEqual([]);
});
