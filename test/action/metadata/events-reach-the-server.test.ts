import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';

let host: ScenarioHost;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(() => host.closeAll());
afterAll(() => host.stop());

const MERGE = { GITHUB_SHA: 'f'.repeat(40), GITHUB_REF: 'refs/pull/2/merge' };
const SIMPLE = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
const HEAD = {
  git_commit_id: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
  branch: 'changes',
  pull_request_id: '2',
  pull_request_name: 'Update the README with new information.',
};

describe('the check on the server has the commit of the event', () => {
  test.each([
    ['pull_request', MERGE, HEAD],
    ['pull_request_target', { GITHUB_SHA: 'd'.repeat(40), GITHUB_REF: 'refs/heads/main' }, HEAD],
    [
      'merge_group',
      {},
      {
        git_commit_id: '2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d',
        git_commit_message: 'Merge pull request #2048 from octo-repo/update-readme\n\nUpdate README.md',
        branch: 'gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64',
        pull_request_id: '104',
      },
    ],
    ['workflow_dispatch', { GITHUB_SHA: 'abc' }, { git_commit_id: 'abc', branch: 'main' }],
    ['schedule', { GITHUB_SHA: 'abc' }, { git_commit_id: 'abc', branch: 'main' }],
  ])('%s', async (name, env, metadata) => {
    const payload =
      name === 'schedule' ? { schedule: '0 0 * * *' } : recordedEvent(name.replace('_target', ''));
    const scenario = await host.open();
    const record = await scenario.run({ event: { name, payload }, env });
    expect(record.exitCode).toBe(0);
    expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toEqual(metadata);
    expect((await scenario.checks())[0]?.metadata).toEqual(metadata);
  });

  test('an event in a file with a byte order mark, as Windows writes it, is read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qassandra-event-'));
    const file = join(folder, 'event.json');
    const payload = recordedEvent('pull_request');
    await writeFile(file, `\uFEFF${JSON.stringify(payload, undefined, 2).replaceAll('\n', '\r\n')}\r\n`);
    const scenario = await host.open();
    await scenario.run({
      event: { name: 'pull_request', payload },
      env: { ...MERGE, GITHUB_EVENT_PATH: file },
    });
    await rm(folder, { recursive: true });
    expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toEqual(HEAD);
  });

  test('push sends commit, branch and message', async () => {
    const payload = recordedEvent(
      'push',
      ({ ref, deleted }) => ref === 'refs/heads/master' && deleted === false,
    );
    const scenario = await host.open();
    const record = await scenario.run({ event: { name: 'push', payload } });
    expect(record.exitCode).toBe(0);
    expect((await scenario.checks())[0]?.metadata).toEqual({
      git_commit_id: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      git_commit_message: 'Initial commit',
      branch: 'master',
    });
  });

  test.each<[string, string, unknown, Record<string, string>, object]>([
    [
      'a push of a tag',
      'push',
      recordedEvent('push', ({ ref, deleted }) => ref === 'refs/tags/simple-tag' && deleted === false),
      { GITHUB_REF: 'refs/tags/simple-tag' },
      { git_commit_id: SIMPLE, git_commit_message: 'Adding a .gitignore file' },
    ],
    [
      'a push that deletes a branch',
      'push',
      { ref: 'refs/heads/old', deleted: true },
      { GITHUB_SHA: '0'.repeat(40) },
      { branch: 'old' },
    ],
    [
      'a push without its payload',
      'push',
      {},
      { GITHUB_SHA: 'abc' },
      { git_commit_id: 'abc', branch: 'main' },
    ],
    [
      'a push with its payload only',
      'push',
      { ref: 'refs/heads/x', after: 'abc' },
      { GITHUB_SHA: '' },
      { git_commit_id: 'abc', branch: 'x' },
    ],
    [
      'a workflow run, about another run',
      'workflow_run',
      { workflow_run: { head_sha: 'abc', head_branch: 'topic', head_commit: { message: 'Topic' } } },
      MERGE,
      { git_commit_id: 'abc', git_commit_message: 'Topic', branch: 'topic' },
    ],
    [
      'a deployment of a branch that the runner does not name',
      'deployment',
      { deployment: { ref: 'topic' } },
      { GITHUB_SHA: 'abc', GITHUB_REF: '' },
      { git_commit_id: 'abc', branch: 'topic' },
    ],
    [
      'a deployment of a full ref',
      'deployment',
      { deployment: { sha: 'abc', ref: 'refs/heads/topic' } },
      { GITHUB_REF: '' },
      { git_commit_id: 'abc', branch: 'topic' },
    ],
    [
      'a deployment of a commit',
      'deployment',
      { deployment: { sha: SIMPLE, ref: SIMPLE.slice(0, 8) } },
      { GITHUB_REF: '' },
      { git_commit_id: SIMPLE },
    ],
    [
      'a deployment of nothing',
      'deployment',
      {},
      { GITHUB_REF: '', GITHUB_SHA: 'abc' },
      { git_commit_id: 'abc' },
    ],
    [
      'a deployment without a valid URL',
      'deployment_status',
      { deployment: { sha: 'abc' }, deployment_status: { environment_url: 'not a URL' } },
      { GITHUB_REF: '' },
      { git_commit_id: 'abc' },
    ],
    [
      'a merge group without its payload',
      'merge_group',
      {},
      { GITHUB_SHA: 'a'.repeat(40), GITHUB_REF: 'refs/heads/gh-readonly-queue/main/pr-7-0a1b2c' },
      {
        git_commit_id: 'a'.repeat(40),
        branch: 'gh-readonly-queue/main/pr-7-0a1b2c',
        pull_request_id: '7',
      },
    ],
    ['a pull request without a payload', 'pull_request', {}, MERGE, { pull_request_id: '2' }],
    [
      'a pull request with the runner’s head ref only',
      'pull_request',
      {},
      { GITHUB_HEAD_REF: 'topic', GITHUB_REF: '' },
      {},
    ],
    [
      'a pull request without a number',
      'pull_request',
      { pull_request: { head: { sha: 'abc' } } },
      MERGE,
      { git_commit_id: 'abc' },
    ],
    [
      'a pull request of a fork that was deleted',
      'pull_request_target',
      {
        pull_request: {
          number: 7,
          head: { sha: 'abc', ref: 'main', repo: null, user: { login: 'someone' } },
        },
      },
      { GITHUB_HEAD_REF: 'main' },
      { git_commit_id: 'abc', branch: 'someone:main', pull_request_id: '7' },
    ],
    ['a dispatch from another system', 'repository_dispatch', { client_payload: {} }, {}, {}],
  ])('%s', async (_, name, payload, env, metadata) => {
    const scenario = await host.open();
    const record = await scenario.run({ event: { name, payload }, env, inputs: { wait: 'false' } });
    expect(record.exitCode).toBe(0);
    expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toEqual(metadata);
  });

  test('inputs take precedence over the event, and drop its texts, which belong to another commit', async () => {
    const inputs = {
      wait: 'false',
      ...{ branch: 'b', 'commit-sha': 'abc', 'pull-request-number': '#7', 'pull-request-title': 'Title' },
    };
    const scenario = await host.open();
    await scenario.run({ event: { name: 'push', payload: recordedEvent('push') }, inputs });
    expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toEqual({
      git_commit_id: 'abc',
      branch: 'b',
      pull_request_id: '7',
      pull_request_name: 'Title',
    });
  });

  test('an input may name the branch by its full ref, and the event’s commit by its first digits', async () => {
    const inputs = { wait: 'false', branch: 'refs/heads/topic', 'commit-sha': '6113728' };
    const push = recordedEvent('push', ({ ref }) => ref === 'refs/heads/master');
    const scenario = await host.open();
    await scenario.run({ event: { name: 'push', payload: push }, inputs });
    expect(JSON.parse(scenario.proxy.requests[0]?.body ?? '')).toEqual({
      git_commit_id: '6113728',
      git_commit_message: 'Initial commit',
      branch: 'topic',
    });
    await scenario.run({
      event: { name: 'push', payload: push },
      inputs: { ...inputs, branch: 'refs/tags/v1' },
    });
    expect(JSON.parse(scenario.proxy.requests[1]?.body ?? '')).toHaveProperty('branch', 'master');
  });

  test('deployment_status is tested at the URL of the deployment', async () => {
    const scenario = await host.open({ withoutUrl: true });
    const payload = {
      ...recordedEvent('deployment_status'),
      deployment_status: { state: 'success', environment_url: scenario.site.url },
    };
    const event = { name: 'deployment_status', payload };
    const record = await scenario.run({ event, env: { GITHUB_REF: 'refs/heads/master' } });
    expect(record.exitCode).toBe(0);
    expect((await scenario.checks())[0]?.metadata).toEqual({
      git_commit_id: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
      branch: 'master',
      app_url: scenario.site.url,
    });
    expect(scenario.site.requests).toContain('GET /');
  });

  test('deployment_status without a URL notes that the app’s own URL is tested', async () => {
    const scenario = await host.open();
    const event = { name: 'deployment_status', payload: recordedEvent('deployment_status') };
    const record = await scenario.run({ event });
    expect(record.exitCode).toBe(0);
    expect(record.stdout).toContain("so the app's own URL is tested");
  });

  test.each([
    ['success', []],
    [
      'failure',
      [
        expect.stringMatching(
          /^The deployment's state is `failure`, .*deployment_status\.state == 'success'/,
        ),
      ],
    ],
  ])('deployment_status with the state %s', async (state, warnings) => {
    const scenario = await host.open();
    const payload = { ...recordedEvent('deployment_status'), deployment_status: { state } };
    const record = await scenario.run({ event: { name: 'deployment_status', payload } });
    expect(record).toMatchObject({ exitCode: 0, warnings });
  });

  test('an event whose file is missing, or not JSON, still triggers a check', async () => {
    const scenario = await host.open();
    const record = await scenario.run({ env: { GITHUB_EVENT_PATH: '/nowhere/event.json' } });
    expect(record.exitCode).toBe(0);
    expect((await scenario.checks())[0]?.metadata).toMatchObject({ branch: 'main' });
  });

  test('a message over the limit does not break the trigger', async () => {
    const scenario = await host.open();
    const record = await scenario.run({ inputs: { 'commit-message': '\u0001é'.repeat(9000) } });
    expect(record.exitCode).toBe(0);
    expect(record.warnings).toEqual([]);
  });
});
