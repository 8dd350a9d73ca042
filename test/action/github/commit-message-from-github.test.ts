import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../helpers/action/action-scenario.ts';
import { recordedEvent } from '../../helpers/action/events.ts';
import { type Site, type SitePage, startSite } from '../../helpers/network/site.ts';

let host: ScenarioHost;
let github: Site;
beforeAll(async () => {
  host = await startScenarioHost();
});
afterEach(async () => {
  await github.stop();
  await host.closeAll();
});
afterAll(() => host.stop());

const SHA = 'ec26c3e57ca3a959ca5aad62de7213c562f8c821';
const PATH = `/repos/octo-org/shop/commits/${SHA}`;

/** Runs the step for a pull request, whose event has no message, with this answer of GitHub's API. */
async function runWithGitHub(page: SitePage, inputs: Record<string, string> = {}) {
  github = await startSite({ [PATH]: page });
  const scenario = await host.open();
  const record = await scenario.run({
    inputs: { 'github-token': 'ghs_token', ...inputs },
    event: { name: 'pull_request', payload: recordedEvent('pull_request') },
    env: { GITHUB_API_URL: github.url },
  });
  const [check] = await scenario.checks();
  return { record, metadata: check?.metadata };
}

function commit(message: string): SitePage {
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sha: SHA, commit: { message } }),
  };
}

describe('the commit’s message, missing from the event,', () => {
  test('is read from GitHub for the head commit', async () => {
    const { record, metadata } = await runWithGitHub(commit('Add dark mode'));
    expect(record.exitCode).toBe(0);
    expect(metadata).toMatchObject({ git_commit_id: SHA, git_commit_message: 'Add dark mode' });
    expect(github.requests).toEqual([`GET ${PATH}`]);
  });

  test('is cut to the limit of the trigger', async () => {
    const { record, metadata } = await runWithGitHub(commit('x'.repeat(20_000)));
    expect(record.warnings).toEqual([]);
    expect(metadata).toMatchObject({ git_commit_message: 'x'.repeat(8192) });
  });

  test.each<[string, SitePage]>([
    [
      'refuses',
      {
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: '{"message":"Resource not accessible by integration"}',
      },
    ],
    [
      'does not know the commit',
      { status: 422, headers: { 'content-type': 'application/json' }, body: '{"message":"No commit found"}' },
    ],
    ['answers with something else', { headers: { 'content-type': 'application/json' }, body: '{}' }],
    ['never answers', { delayMs: 60_000 }],
  ])('is left out if GitHub %s, and the check is triggered', async (_, page) => {
    const { record, metadata } = await runWithGitHub(page);
    expect(record).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
    expect(metadata).toMatchObject({ git_commit_id: SHA });
    expect(metadata).not.toHaveProperty('git_commit_message');
  });

  test.each([
    ['the input has it', { 'commit-message': 'Given' }],
    ['there is no token', { 'github-token': '' }],
  ])('is not requested if %s', async (_, inputs) => {
    const { record } = await runWithGitHub(commit('Add dark mode'), inputs);
    expect(record.exitCode).toBe(0);
    expect(github.requests).toEqual([]);
  });
});

test('a cancel during the request to GitHub ends the step before any check is triggered', async () => {
  github = await startSite({ [PATH]: { delayMs: 60_000 } });
  const scenario = await host.open();
  const action = await scenario.start({
    inputs: { 'github-token': 'ghs_token' },
    event: { name: 'pull_request', payload: recordedEvent('pull_request') },
    env: { GITHUB_API_URL: github.url },
  });
  while (github.requests.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  action.kill('SIGINT');
  expect((await action.ended).exitCode).toBe(1);
  expect(await scenario.checks()).toEqual([]);
});
