import { expect, test } from '@jest/globals';
import { readCiEnvironment } from '../../action/src/ci-environment.ts';

const SHA = '9fceb02d0ae598e95dc970b74767f19372d61af8';
const MERGE = '1f7a7a472abf3dd9643fd615f6da379c4acb3e3a';

const GITLAB = { GITLAB_CI: 'true', CI_COMMIT_SHA: SHA, CI_COMMIT_MESSAGE: 'Add dark mode' };
const JENKINS = { JENKINS_URL: 'https://ci.example.com/', GIT_COMMIT: SHA };

/** Names and forms of the variables are those that each CI documents. */
test.each([
  ['no CI that is known', { CI: 'true', GIT_COMMIT: SHA }, {}],
  [
    'GitLab, a branch',
    { ...GITLAB, CI_COMMIT_BRANCH: 'dark-mode', CI_ENVIRONMENT_URL: 'https://review.example.com' },
    { commitSha: SHA, commitMessage: 'Add dark mode', branch: 'dark-mode' },
  ],
  ['GitLab, a tag', { ...GITLAB, CI_COMMIT_TAG: 'v1' }, { commitSha: SHA, commitMessage: 'Add dark mode' }],
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
      commitSha: SHA,
      commitMessage: 'Add dark mode',
      branch: 'dark-mode',
      pullRequestNumber: '42',
      pullRequestTitle: 'Dark mode',
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
    { commitSha: SHA, branch: 'dark-mode', pullRequestNumber: '42' },
  ],
  [
    'CircleCI, a branch with a pull request',
    {
      CIRCLECI: 'true',
      CIRCLE_SHA1: SHA,
      CIRCLE_BRANCH: 'dark-mode',
      CIRCLE_PULL_REQUEST: 'https://github.com/octo-org/shop/pull/42',
    },
    { commitSha: SHA, branch: 'dark-mode', pullRequestNumber: '42' },
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
    { commitSha: SHA, pullRequestNumber: '42' },
  ],
  [
    'CircleCI, a tag',
    { CIRCLECI: 'true', CIRCLE_SHA1: SHA, CIRCLE_TAG: 'v1' },
    { commitSha: SHA, branch: '' },
  ],
  [
    'Jenkins, a branch of a multibranch project',
    { ...JENKINS, BRANCH_NAME: 'feature/x', GIT_BRANCH: 'feature/x' },
    { commitSha: SHA, branch: 'feature/x' },
  ],
  [
    'Jenkins, any other project',
    { ...JENKINS, GIT_BRANCH: 'origin/feature/x' },
    { commitSha: SHA, branch: 'feature/x' },
  ],
  ['Jenkins, a detached head', { ...JENKINS, GIT_BRANCH: 'detached' }, { commitSha: SHA }],
  ['Jenkins, a tag', { ...JENKINS, BRANCH_NAME: 'v1', TAG_NAME: 'v1' }, { commitSha: SHA }],
  [
    'Jenkins, a change request',
    {
      ...JENKINS,
      BRANCH_NAME: 'PR-42',
      CHANGE_ID: '42',
      CHANGE_BRANCH: 'dark-mode',
      CHANGE_TITLE: 'Dark mode',
    },
    { commitSha: SHA, branch: 'dark-mode', pullRequestNumber: '42', pullRequestTitle: 'Dark mode' },
  ],
  [
    'Jenkins, a change request whose branch is not told',
    { ...JENKINS, BRANCH_NAME: 'PR-42', CHANGE_ID: '42' },
    { commitSha: SHA, pullRequestNumber: '42' },
  ],
  [
    'Bitbucket, a pull request',
    {
      BITBUCKET_BUILD_NUMBER: '7',
      BITBUCKET_COMMIT: SHA,
      BITBUCKET_BRANCH: 'dark-mode',
      BITBUCKET_PR_ID: '42',
    },
    { commitSha: SHA, branch: 'dark-mode', pullRequestNumber: '42' },
  ],
  [
    'Azure, a branch',
    {
      TF_BUILD: 'True',
      BUILD_SOURCEVERSION: SHA,
      BUILD_SOURCEVERSIONMESSAGE: 'Add dark mode',
      BUILD_SOURCEBRANCH: 'refs/heads/feature/x',
    },
    { commitSha: SHA, commitMessage: 'Add dark mode', branch: 'feature/x' },
  ],
  [
    'Azure, a tag',
    { TF_BUILD: 'True', BUILD_SOURCEVERSION: SHA, BUILD_SOURCEBRANCH: 'refs/tags/v1' },
    { commitSha: SHA },
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
    { commitSha: SHA, branch: 'dark-mode', pullRequestNumber: '42' },
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
    { commitSha: SHA, branch: 'dark-mode', pullRequestNumber: '42' },
  ],
])('%s', (_, environment: Record<string, string>, facts) => {
  // Jest's toEqual takes what is undefined for absent.
  expect(readCiEnvironment(environment).facts).toEqual(facts);
});
