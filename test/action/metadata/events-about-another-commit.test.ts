import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';

/** Events that run on the default branch but are about another commit. */

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const DEFAULT_SHA = 'd'.repeat(40);

/** Returns the metadata that the server gets. */
async function tell(name: string, payload: unknown): Promise<Record<string, unknown>> {
  const scenario = await host.open();
  const env = { GITHUB_SHA: DEFAULT_SHA, GITHUB_REF: 'refs/heads/main' };
  const record = await scenario.run({ event: { name, payload }, env, inputs: { wait: 'false' } });
  expect(record).toMatchObject({ exitCode: 0, warnings: [] });
  return JSON.parse(scenario.proxy.requests[0]?.body ?? '');
}

const HEAD = 'c'.repeat(40);

describe('workflow_run', () => {
  const repository = { id: 1, full_name: 'octo-org/shop', default_branch: 'main' };
  function about(workflow_run: object) {
    const run = { head_sha: HEAD, head_branch: 'topic', head_commit: { message: 'Fix' }, ...workflow_run };
    return tell('workflow_run', { workflow_run: run, repository });
  }
  const OURS = { full_name: 'octo-org/shop', owner: { login: 'octo-org' } };
  const FORK = { full_name: 'someone/shop', owner: { login: 'someone' } };

  test('sends the commit of the finished run', async () => {
    const told = { git_commit_id: HEAD, git_commit_message: 'Fix', branch: 'topic' };
    expect(await about({ head_repository: OURS, pull_requests: [] })).toEqual(told);
    expect(await about({})).toEqual(told);
  });

  const pull = (number: number, { ref = 'topic', sha = HEAD, base = 1 } = {}) => ({
    number,
    head: { ref, sha },
    base: { repo: { id: base } },
  });

  test('sends the pull request whose head it ran on', async () => {
    const pull_requests = [pull(7), pull(8, { base: 2 }), pull(9, { sha: 'b'.repeat(40) })];
    const run = { event: 'pull_request', head_repository: OURS, pull_requests };
    expect(await about(run)).toHaveProperty('pull_request_id', '7');
  });

  test.each([
    ['there is no list', { pull_requests: null }],
    ['there are several', { pull_requests: [pull(7), pull(8)] }],
    ['the run was not for a pull request', { event: 'push', pull_requests: [pull(7)] }],
    ['the pull request is from the default branch', { pull_requests: [pull(7, { ref: 'main' })] }],
  ])('sends no pull request if %s', async (_, run) => {
    const told = await about({ event: 'pull_request', head_repository: OURS, ...run });
    expect(told).not.toHaveProperty('pull_request_id');
  });

  test('sends what GitHub recorded if no pull request started the run', async () => {
    const payload = recordedEvent('workflow_run', ({ action }) => action === 'completed');
    expect(await tell('workflow_run', payload)).not.toHaveProperty('pull_request_id');
  });

  test('sends the owner of a fork’s branch, so that a fork’s main is not taken for the repository’s', async () => {
    const head_branch = 'main';
    expect(await about({ head_branch, head_repository: OURS })).toHaveProperty('branch', 'main');
    expect(await about({ head_branch, head_repository: FORK })).toHaveProperty('branch', 'someone:main');
    expect(await about({ head_branch, head_repository: null })).not.toHaveProperty('branch');
  });
});

test('check_run sends the commit that was checked', async () => {
  const payload = recordedEvent('check_run', ({ action }) => action === 'completed');
  expect(await tell('check_run', payload)).toEqual({
    git_commit_id: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
    branch: 'changes',
    pull_request_id: '2',
  });
});

test('check_suite sends the commit that was checked', async () => {
  const payload = recordedEvent('check_suite', ({ action }) => action === 'completed');
  expect(await tell('check_suite', payload)).toEqual({
    git_commit_id: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
    git_commit_message: 'Update README.md',
    branch: 'changes',
    pull_request_id: '2',
  });
});

describe('status', () => {
  const payload = recordedEvent('status');

  test('sends its commit, and the branch if there is only one', async () => {
    expect(await tell('status', { ...payload, branches: [{ name: 'topic' }] })).toEqual({
      git_commit_id: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      git_commit_message: 'Initial commit',
      branch: 'topic',
    });
  });

  test('sends no branch if the commit is in several', async () => {
    const branches = [{ name: 'main' }, { name: 'topic' }];
    expect(await tell('status', { ...payload, branches })).not.toHaveProperty('branch');
  });
});

describe('issue_comment', () => {
  test('sends the pull request, and not the default branch and its commit', async () => {
    const issue = { number: 42, title: 'Dark mode', pull_request: { url: 'https://api.github.com/…/42' } };
    expect(await tell('issue_comment', { issue })).toEqual({
      pull_request_id: '42',
      pull_request_name: 'Dark mode',
    });
  });

  test('sends what the runner says for an issue', async () => {
    const payload = recordedEvent(
      'issue_comment',
      ({ issue }) => !Object.hasOwn(Object(issue), 'pull_request'),
    );
    expect(await tell('issue_comment', payload)).toEqual({
      git_commit_id: DEFAULT_SHA,
      branch: 'main',
    });
  });
});
