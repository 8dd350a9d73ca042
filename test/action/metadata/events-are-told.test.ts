import { describe, expect, test } from '@jest/globals';
import {
  createTriggerMetadata,
  type MetadataInputs,
} from '../../../action/src/core/metadata/trigger-metadata.ts';
import type { WorkflowEvent } from '../../../action/src/core/metadata/workflow-event.ts';
import { recordedEvent } from '../../helpers/action/events.ts';

/**
 * What a trigger sends for each event. Pure, so without a process: `events-reach-the-server` sends one of each event to
 * the server.
 */

const NOTHING: MetadataInputs = {
  appUrl: '',
  discoverFlows: false,
  branch: '',
  commitSha: '',
  commitMessage: '',
  pullRequestNumber: '',
  pullRequestTitle: '',
};

/** Returns what a trigger sends for an event, of which only the given properties are known. */
function tell(event: Partial<WorkflowEvent>, inputs: Partial<MetadataInputs> = {}) {
  return createTriggerMetadata(
    { ...NOTHING, ...inputs },
    { name: '', payload: {}, sha: '', ref: '', headRef: '', actor: '', ...event },
  );
}

const MERGE = { sha: 'f'.repeat(40), ref: 'refs/pull/2/merge', actor: 'octocat' };

describe('push', () => {
  const toBranch = recordedEvent(
    'push',
    ({ ref, deleted }) => ref === 'refs/heads/master' && deleted === false,
  );
  const toTag = recordedEvent(
    'push',
    ({ ref, deleted }) => ref === 'refs/tags/simple-tag' && deleted === false,
  );

  test('sends commit, message and branch', () => {
    expect(tell({ name: 'push', payload: toBranch })).toEqual({
      git_commit_id: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      git_commit_message: 'Initial commit',
      branch: 'master',
    });
  });

  test('sends no branch for a tag', () => {
    expect(tell({ name: 'push', payload: toTag, ref: 'refs/tags/simple-tag' })).toEqual({
      git_commit_id: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      git_commit_message: 'Adding a .gitignore file',
    });
  });

  test('sends the commit of an annotated tag, and not the tag object', () => {
    const payload = { ...toTag, after: 'a'.repeat(40) };
    expect(tell({ name: 'push', payload }).git_commit_id).toBe('6113728f27ae82c7b1a177c8d03f9e96e0adf246');
  });

  test('sends no commit if it deletes a branch', () => {
    const payload = recordedEvent('push', ({ deleted }) => deleted === true);
    Object.assign(payload, { ref: 'refs/heads/old' });
    expect(tell({ name: 'push', payload, sha: '0'.repeat(40) })).toEqual({ branch: 'old' });
  });
});

describe('a pull request', () => {
  const payload = recordedEvent('pull_request');

  test.each(['pull_request', 'pull_request_target', 'pull_request_review'])(
    '%s sends its own head and never the merge commit',
    (name) => {
      expect(tell({ name, payload, ...MERGE })).toEqual({
        git_commit_id: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
        branch: 'changes',
        pull_request_id: '2',
        pull_request_name: 'Update the README with new information.',
      });
    },
  );
});

test.each(['pull_request', 'pull_request_target'])(
  '%s sends its head’s branch with the fork’s owner, since a fork’s branch may be called like the main branch',
  (name) => {
    const fork = (repo: unknown, user: unknown = { login: 'someone' }) => {
      const payload = recordedEvent('pull_request');
      Object.assign(Object(payload.pull_request).head, { ref: 'master', repo, user });
      return tell({ name, payload, sha: MERGE.sha, ref: 'refs/heads/master', headRef: 'master' });
    };
    const known = { git_commit_id: expect.any(String), pull_request_id: '2' };
    expect(fork({ full_name: 'someone/Hello-World' })).toMatchObject({ ...known, branch: 'someone:master' });
    expect(fork({ full_name: 'Codertocat/Fork' })).toMatchObject({ ...known, branch: 'someone:master' });
    expect(fork(null)).toMatchObject({ ...known, branch: 'someone:master' });
    expect(fork(null, null)).toMatchObject(known);
    expect(fork(null, null)).not.toHaveProperty('branch');
    expect(fork({ full_name: 'Codertocat/Hello-World' })).toMatchObject({ ...known, branch: 'master' });
  },
);

test('a pull request without its payload sends no merge commit, and no branch, since it may be a fork’s', () => {
  const event = { name: 'pull_request', payload: undefined, headRef: 'main' };
  expect(tell({ ...event, ...MERGE })).toEqual({ pull_request_id: '2' });
  const target = { ...event, name: 'pull_request_target', ref: 'refs/heads/main' };
  expect(tell({ ...target, sha: MERGE.sha })).toEqual({});
});

test('merge_group sends the group’s commit, message and branch, and the pull request in its name', () => {
  expect(tell({ name: 'merge_group', payload: recordedEvent('merge_group') })).toEqual({
    git_commit_id: '2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d',
    git_commit_message: 'Merge pull request #2048 from octo-repo/update-readme\n\nUpdate README.md',
    branch: 'gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64',
    pull_request_id: '104',
  });
});

describe('an event without information about the code', () => {
  const sha = 'b'.repeat(40);
  const onMain = { sha, ref: 'refs/heads/main' };
  const PREVIEW = { appUrl: 'https://preview.example' };

  test.each(['workflow_dispatch', 'schedule', 'issues'])('%s sends what the runner says', (name) => {
    const payload = name === 'schedule' ? {} : recordedEvent(name);
    expect(tell({ name, payload, sha, ref: 'refs/heads/feature/dark-mode' })).toEqual({
      git_commit_id: sha,
      branch: 'feature/dark-mode',
    });
    expect(tell({ name, payload, sha, ref: 'refs/tags/v1' })).toEqual({ git_commit_id: sha });
  });

  test('repository_dispatch sends nothing: it runs on the default branch, whatever it is about', () => {
    const payload = recordedEvent('repository_dispatch');
    expect(tell({ name: 'repository_dispatch', payload, ...onMain })).toEqual({});
    expect(tell({ name: 'repository_dispatch', payload, ...onMain }, { branch: 'topic' })).toEqual({
      branch: 'topic',
    });
  });

  test.each(['workflow_dispatch', 'issues', 'release'])(
    '%s does not send the branch it runs on if it is given a URL, since that may be a preview’s',
    (name) => {
      const event = { name, payload: recordedEvent(name), ...onMain };
      expect(tell(event, PREVIEW)).toEqual({ app_url: PREVIEW.appUrl });
      const inputs = { ...PREVIEW, branch: 'main', commitSha: 'abc' };
      expect(tell(event, inputs)).toEqual({ app_url: PREVIEW.appUrl, branch: 'main', git_commit_id: 'abc' });
    },
  );

  test.each([
    ['schedule', {}],
    ['push', { ref: 'refs/heads/main', head_commit: { id: sha } }],
  ])('%s sends the branch also if its workflow file names a URL', (name, payload) => {
    const told = { app_url: PREVIEW.appUrl, git_commit_id: sha, branch: 'main' };
    expect(tell({ name, payload, ...onMain }, PREVIEW)).toEqual(told);
  });
});

test('an empty event sends nothing', () => {
  expect(tell({ name: 'workflow_dispatch', payload: undefined })).toEqual({});
});

describe('deployment_status', () => {
  const payload = recordedEvent('deployment_status');
  const sha = 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e';
  function withDeployment(ref: string, environment_url?: unknown, target_url = '') {
    return {
      ...payload,
      deployment: { sha, ref },
      deployment_status: { state: 'success', environment_url, target_url },
    };
  }

  test('sends commit, branch and the URL of the environment', () => {
    expect(
      tell({ name: 'deployment_status', payload: withDeployment('topic', 'https://pr-2.example.app') }),
    ).toEqual({
      git_commit_id: sha,
      branch: 'topic',
      app_url: 'https://pr-2.example.app',
    });
  });

  test.each([
    ['a commit', sha, '', undefined],
    ['a branch by its full ref', 'refs/heads/topic', '', 'topic'],
    ['a tag by its full ref', 'refs/tags/v1', '', undefined],
    ['a tag, as the runner says', 'v1', 'refs/tags/v1', undefined],
    ['a branch, as the runner says', 'topic', 'refs/heads/topic', 'topic'],
  ])('sends the branch if the deployed ref is %s', (_, deployed, ref, branch) => {
    expect(tell({ name: 'deployment_status', payload: withDeployment(deployed), ref }).branch).toBe(branch);
  });

  test.each([[''], [undefined], [null], ['javascript:alert(1)'], ['not a URL']])(
    'sends no URL if that of the environment is not usable: %s',
    (url) => {
      const event = withDeployment('topic', url, 'https://ci.example.com/log/1');
      expect(tell({ name: 'deployment_status', payload: event })).not.toHaveProperty('app_url');
    },
  );
});

describe('inputs', () => {
  const event = { name: 'pull_request', payload: recordedEvent('pull_request') };

  test('take precedence over the event', () => {
    const inputs = {
      appUrl: 'https://preview.example',
      discoverFlows: true,
      branch: 'b',
      commitSha: 'abc',
      commitMessage: 'm',
      pullRequestNumber: '7',
      pullRequestTitle: 't',
    };
    expect(tell(event, inputs)).toEqual({
      git_commit_id: 'abc',
      git_commit_message: 'm',
      pull_request_id: '7',
      pull_request_name: 't',
      branch: 'b',
      app_url: 'https://preview.example',
      discover_flows: true,
    });
  });

  test.each([
    ['refs/heads/topic', 'topic'],
    ['refs/heads/refs/heads/x', 'refs/heads/x'],
    ['refs/tags/v1', 'changes'],
    ['refs/pull/2/merge', 'changes'],
  ])('may name the branch by a full ref, if that is a branch’s: %s', (branch, told) => {
    expect(tell(event, { branch }).branch).toBe(told);
  });

  test('drop the event’s message or title if they name another commit or pull request', () => {
    const push = recordedEvent(
      'push',
      ({ ref, deleted }) => ref === 'refs/heads/master' && deleted === false,
    );
    expect(tell({ name: 'push', payload: push }, { commitSha: 'abc' })).toEqual({
      git_commit_id: 'abc',
      branch: 'master',
    });
    // Git's short forms, in either case.
    const short = tell({ name: 'push', payload: push }, { commitSha: '6113728F' });
    expect(short).toMatchObject({ git_commit_id: '6113728F', git_commit_message: 'Initial commit' });
    expect(tell(event, { pullRequestNumber: '7' })).not.toHaveProperty('pull_request_name');
    expect(tell(event, { pullRequestNumber: '2' })).toHaveProperty('pull_request_name');
  });
});

test('text over a limit of the trigger is cut, never inside a character', () => {
  const long = '🙂'.repeat(9000);
  const told = tell(
    { name: 'schedule' },
    {
      commitSha: 'a'.repeat(70),
      branch: `x${long}`,
      commitMessage: `x${long}`,
      pullRequestTitle: `x${long}`,
    },
  );
  expect(told.git_commit_id).toHaveLength(64);
  expect(told.branch).toBe(`x${'🙂'.repeat(127)}`);
  expect(told.git_commit_message).toHaveLength(8191);
  expect(told.pull_request_name).toHaveLength(1023);
});

test('characters that cannot be stored are removed', () => {
  expect(tell({ name: 'schedule' }, { commitMessage: 'a\0b\ud800c' }).git_commit_message).toBe('ab\ufffdc');
  const key = `qsk_${'Ab3'.repeat(14)}`;
  const told = tell(
    { name: 'schedule' },
    { commitMessage: `Revert ${key}.`, appUrl: `https://a.test/${key}` },
  );
  expect(told).toEqual({ git_commit_message: 'Revert qsk_….', app_url: `https://a.test/${key}` });
});
