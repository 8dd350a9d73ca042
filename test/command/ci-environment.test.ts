import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Scenario, type ScenarioHost, startScenarioHost } from '../helpers/action/action-scenario.ts';
import { runCheck } from '../helpers/action/command-process.ts';

let host: ScenarioHost;
let scenario: Scenario;
beforeAll(async () => {
  host = await startScenarioHost();
  scenario = await host.open();
});
afterAll(() => host.stop());

const SHA = '9fceb02d0ae598e95dc970b74767f19372d61af8';
const MERGE = '1f7a7a472abf3dd9643fd615f6da379c4acb3e3a';

const GITLAB = { GITLAB_CI: 'true', CI_COMMIT_SHA: SHA, CI_COMMIT_MESSAGE: 'Add dark mode' };
const JENKINS = { JENKINS_URL: 'https://ci.example.com/', GIT_COMMIT: SHA };

/** Names and forms of the variables are those that each CI documents. */
test.each([
  ['an unknown CI', { CI: 'true', GIT_COMMIT: SHA }, {}],
  [
    'GitLab, a branch',
    { ...GITLAB, CI_COMMIT_BRANCH: 'dark-mode', CI_ENVIRONMENT_URL: 'https://review.example.com' },
    { git_commit_id: SHA, git_commit_message: 'Add dark mode', branch: 'dark-mode' },
  ],
  [
    'GitLab, a pull request of a repository elsewhere',
    {
      ...GITLAB,
      CI_EXTERNAL_PULL_REQUEST_IID: '7',
      CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME: 'dark-mode',
      CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA: SHA,
    },
    { git_commit_id: SHA, branch: 'dark-mode', pull_request_id: '7' },
  ],
  [
    'Jenkins without an address, a tag',
    { JENKINS_HOME: '/var/jenkins_home', GIT_COMMIT: SHA, GIT_BRANCH: 'tags/v1' },
    { git_commit_id: SHA },
  ],
  [
    'GitLab, a tag',
    { ...GITLAB, CI_COMMIT_TAG: 'v1' },
    { git_commit_id: SHA, git_commit_message: 'Add dark mode' },
  ],
  [
    'GitLab, a merge request',
    {
      ...GITLAB,
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'dark-mode',
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '',
      CI_MERGE_REQUEST_IID: '42',
      CI_MERGE_REQUEST_TITLE: 'Dark mode',
    },
    {
      git_commit_id: SHA,
      git_commit_message: 'Add dark mode',
      branch: 'dark-mode',
      pull_request_id: '42',
      pull_request_name: 'Dark mode',
    },
  ],
  [
    'GitLab, the merged result of a merge request',
    {
      ...GITLAB,
      CI_COMMIT_SHA: MERGE,
      CI_COMMIT_MESSAGE: 'Merge …',
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'dark-mode',
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: SHA,
      CI_MERGE_REQUEST_IID: '42',
    },
    { git_commit_id: SHA, branch: 'dark-mode', pull_request_id: '42' },
  ],
  [
    'CircleCI, a branch with a pull request',
    {
      CIRCLECI: 'true',
      CIRCLE_SHA1: SHA,
      CIRCLE_BRANCH: 'dark-mode',
      CIRCLE_PULL_REQUEST: 'https://github.com/octo-org/shop/pull/42',
    },
    { git_commit_id: SHA, branch: 'dark-mode', pull_request_id: '42' },
  ],
  [
    'CircleCI, a pull request from a fork',
    {
      CIRCLECI: 'true',
      CIRCLE_SHA1: SHA,
      CIRCLE_BRANCH: 'pull/42',
      CIRCLE_PULL_REQUEST: 'https://github.com/octo-org/shop/pull/42',
      CIRCLE_PR_NUMBER: '42',
    },
    { git_commit_id: SHA, pull_request_id: '42' },
  ],
  ['CircleCI, a tag', { CIRCLECI: 'true', CIRCLE_SHA1: SHA, CIRCLE_TAG: 'v1' }, { git_commit_id: SHA }],
  [
    'Jenkins, a branch of a multibranch project',
    { ...JENKINS, BRANCH_NAME: 'feature/x', GIT_BRANCH: 'feature/x' },
    { git_commit_id: SHA, branch: 'feature/x' },
  ],
  [
    'Jenkins, any other project',
    { ...JENKINS, GIT_BRANCH: 'origin/feature/x' },
    { git_commit_id: SHA, branch: 'feature/x' },
  ],
  ['Jenkins, a detached head', { ...JENKINS, GIT_BRANCH: 'detached' }, { git_commit_id: SHA }],
  ['Jenkins, a tag', { ...JENKINS, BRANCH_NAME: 'v1', TAG_NAME: 'v1' }, { git_commit_id: SHA }],
  [
    'Jenkins, a change request',
    {
      ...JENKINS,
      BRANCH_NAME: 'PR-42',
      CHANGE_ID: '42',
      CHANGE_BRANCH: 'dark-mode',
      CHANGE_TITLE: 'Dark mode',
    },
    { git_commit_id: SHA, branch: 'dark-mode', pull_request_id: '42', pull_request_name: 'Dark mode' },
  ],
  [
    'Jenkins, a change request whose branch is not told',
    { ...JENKINS, BRANCH_NAME: 'PR-42', CHANGE_ID: '42' },
    { git_commit_id: SHA, pull_request_id: '42' },
  ],
  [
    'Bitbucket, a branch',
    { BITBUCKET_BUILD_NUMBER: '7', BITBUCKET_COMMIT: SHA, BITBUCKET_BRANCH: 'dark-mode' },
    { git_commit_id: SHA, branch: 'dark-mode' },
  ],
  [
    'Bitbucket, a pull request',
    {
      BITBUCKET_BUILD_NUMBER: '7',
      BITBUCKET_COMMIT: SHA,
      BITBUCKET_BRANCH: 'dark-mode',
      BITBUCKET_PR_ID: '42',
    },
    { git_commit_id: SHA, branch: 'dark-mode', pull_request_id: '42' },
  ],
  [
    'Azure, a branch',
    {
      TF_BUILD: 'True',
      BUILD_SOURCEVERSION: SHA,
      BUILD_SOURCEVERSIONMESSAGE: 'Add dark mode',
      BUILD_SOURCEBRANCH: 'refs/heads/feature/x',
    },
    { git_commit_id: SHA, git_commit_message: 'Add dark mode', branch: 'feature/x' },
  ],
  ['CircleCI, with its name only', { CIRCLECI: 'true' }, {}],
  ['Azure, with its name only', { TF_BUILD: 'True' }, {}],
  ['Jenkins, with its name only', { JENKINS_URL: 'https://ci.example.com/' }, {}],
  [
    'Azure, a tag',
    { TF_BUILD: 'True', BUILD_SOURCEVERSION: SHA, BUILD_SOURCEBRANCH: 'refs/tags/v1' },
    { git_commit_id: SHA },
  ],
  [
    'Azure, a pull request of a repository on GitHub',
    {
      TF_BUILD: 'True',
      BUILD_SOURCEVERSION: MERGE,
      BUILD_SOURCEVERSIONMESSAGE: 'Merge pull request 42 from dark-mode into main',
      BUILD_SOURCEBRANCH: 'refs/pull/42/merge',
      SYSTEM_PULLREQUEST_SOURCEBRANCH: 'dark-mode',
      SYSTEM_PULLREQUEST_SOURCECOMMITID: SHA,
      SYSTEM_PULLREQUEST_PULLREQUESTID: '1871346',
      SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: '42',
    },
    { git_commit_id: SHA, branch: 'dark-mode', pull_request_id: '42' },
  ],
  [
    'Azure, a pull request of its own',
    {
      TF_BUILD: 'True',
      BUILD_SOURCEVERSION: MERGE,
      SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/dark-mode',
      SYSTEM_PULLREQUEST_SOURCECOMMITID: SHA,
      SYSTEM_PULLREQUEST_PULLREQUESTID: '42',
    },
    { git_commit_id: SHA, branch: 'dark-mode', pull_request_id: '42' },
  ],
])('the check has the commit from %s', async (_, env: Record<string, string>, metadata) => {
  expect(await runCheck(scenario, { args: ['--no-wait'], env })).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(scenario.proxy.requests.at(-1)?.body ?? '')).toEqual(metadata);
});

const PREVIEW = 'https://preview.example.com';
const ON_MAIN = { git_commit_id: SHA, git_commit_message: 'Add dark mode', branch: 'main' };
const AZURE = {
  TF_BUILD: 'True',
  BUILD_SOURCEVERSION: SHA,
  BUILD_SOURCEVERSIONMESSAGE: 'Add dark mode',
  BUILD_SOURCEBRANCH: 'refs/heads/main',
};

test.each([
  ['GitLab, a push', { ...GITLAB, CI_COMMIT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'push' }, ON_MAIN],
  ['GitLab, a schedule', { ...GITLAB, CI_COMMIT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'schedule' }, ON_MAIN],
  ['GitLab, by hand', { ...GITLAB, CI_COMMIT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'web' }, {}],
  [
    'GitLab, from another project',
    { ...GITLAB, CI_COMMIT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'pipeline' },
    {},
  ],
  ['Azure, a push', { ...AZURE, BUILD_REASON: 'IndividualCI' }, ON_MAIN],
  ['Azure, by hand', { ...AZURE, BUILD_REASON: 'Manual' }, {}],
])('a preview belongs to the branch only if no person or other system chose it: %s', async (_, env, told) => {
  const args = ['--no-wait', '--app-url', PREVIEW];
  expect(await runCheck(scenario, { args, env })).toMatchObject({ exitCode: 0, stderr: '' });
  const sent = () => JSON.parse(scenario.proxy.requests.at(-1)?.body ?? '');
  expect(sent()).toEqual({ ...told, app_url: PREVIEW });
  await runCheck(scenario, { args: ['--no-wait'], env });
  expect(sent()).toEqual(ON_MAIN);
});
