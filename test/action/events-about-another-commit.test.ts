import { describe, expect, test } from '@jest/globals';
import { recordedEvent } from '../helpers/events.ts';
import { tell } from '../helpers/tell-event.ts';

/** Events that run on the default branch, and are about a commit that is elsewhere. */

const DEFAULT = { sha: 'd'.repeat(40), ref: 'refs/heads/main' };
const HEAD = 'c'.repeat(40);

describe('workflow_run', () => {
  const repository = { full_name: 'octo-org/shop', default_branch: 'main' };
  function about(workflow_run: object) {
    const run = { head_sha: HEAD, head_branch: 'topic', head_commit: { message: 'Fix' }, ...workflow_run };
    return tell({ name: 'workflow_run', payload: { workflow_run: run, repository }, ...DEFAULT });
  }
  const OURS = { full_name: 'octo-org/shop', owner: { login: 'octo-org' } };
  const FORK = { full_name: 'someone/shop', owner: { login: 'someone' } };

  test('tells of the run it is about', () => {
    const told = { git_commit_id: HEAD, git_commit_message: 'Fix', branch: 'topic' };
    expect(about({ head_repository: OURS, pull_requests: [] })).toEqual(told);
    expect(about({ head_repository: FORK, pull_requests: [] })).toEqual(told);
  });

  test('tells the pull request where there is one only', () => {
    expect(about({ head_repository: OURS, pull_requests: [{ number: 7 }] }).pull_request_id).toBe('7');
    const two = about({ head_repository: OURS, pull_requests: [{ number: 7 }, { number: 8 }] });
    expect(two).not.toHaveProperty('pull_request_id');
  });

  test('of a fork’s main branch does not tell the repository’s', () => {
    const head_branch = 'main';
    expect(about({ head_branch, head_repository: OURS }).branch).toBe('main');
    expect(about({ head_branch, head_repository: FORK }).branch).toBe('someone:main');
    expect(about({ head_branch, head_repository: null })).not.toHaveProperty('branch');
  });
});

test('check_run tells the commit that was checked', () => {
  const payload = recordedEvent('check_run', ({ action }) => action === 'completed');
  expect(tell({ name: 'check_run', payload, ...DEFAULT })).toEqual({
    git_commit_id: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
    branch: 'changes',
    pull_request_id: '2',
  });
});

test('check_suite tells the commit that was checked', () => {
  const payload = recordedEvent('check_suite', ({ action }) => action === 'completed');
  expect(tell({ name: 'check_suite', payload, ...DEFAULT })).toEqual({
    git_commit_id: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
    git_commit_message: 'Update README.md',
    branch: 'changes',
    pull_request_id: '2',
  });
});

describe('status', () => {
  const payload = recordedEvent('status');

  test('tells the commit it is of, and its branch where that is one', () => {
    expect(
      tell({ name: 'status', payload: { ...payload, branches: [{ name: 'topic' }] }, ...DEFAULT }),
    ).toEqual({
      git_commit_id: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      git_commit_message: 'Initial commit',
      branch: 'topic',
    });
  });

  test('tells no branch where the commit is in several', () => {
    const branches = [{ name: 'main' }, { name: 'topic' }];
    expect(tell({ name: 'status', payload: { ...payload, branches }, ...DEFAULT })).not.toHaveProperty(
      'branch',
    );
  });
});

describe('issue_comment', () => {
  test('on a pull request tells that, and not the default branch and its commit', () => {
    const issue = { number: 42, title: 'Dark mode', pull_request: { url: 'https://api.github.com/…/42' } };
    expect(tell({ name: 'issue_comment', payload: { issue }, ...DEFAULT })).toEqual({
      pull_request_id: '42',
      pull_request_name: 'Dark mode',
    });
  });

  test('on an issue tells what the runner says', () => {
    const payload = recordedEvent(
      'issue_comment',
      ({ issue }) => !Object.hasOwn(Object(issue), 'pull_request'),
    );
    expect(tell({ name: 'issue_comment', payload, ...DEFAULT })).toEqual({
      git_commit_id: DEFAULT.sha,
      branch: 'main',
    });
  });
});
