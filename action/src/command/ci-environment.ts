import type { CommitFacts } from '../core/metadata/event-facts.ts';
import type { Environment } from '../inputs/input-parsers.ts';

/** What a CI says about its run. */
export interface CiEnvironment {
  readonly facts: CommitFacts;
  /** Where this CI stores a key, and why a job may not get it. */
  readonly keyAdvice: string;
}

const ANYWHERE: CiEnvironment = {
  facts: {},
  keyAdvice: 'Put the key into the environment variable QASSANDRA_API_KEY, in CI from its secret store.',
};

/**
 * Reads what the CI says about the code under test, from its documented variables; nothing for an unknown CI. Does not
 * use addresses of environments: the tested URL is always the app's, or that of `--app-url`.
 */
export function readCiEnvironment(environment: Environment): CiEnvironment {
  if (environment.GITLAB_CI) {
    return readGitLab(environment);
  }
  if (environment.CIRCLECI) {
    return readCircleCi(environment);
  }
  if (environment.BITBUCKET_BUILD_NUMBER) {
    return readBitbucket(environment);
  }
  if (environment.TF_BUILD) {
    return readAzure(environment);
  }
  // JENKINS_URL is set only if an administrator has configured it.
  if (environment.JENKINS_URL || environment.JENKINS_HOME) {
    return readJenkins(environment);
  }
  return ANYWHERE;
}

/** What starts a pipeline by hand, or from another system. */
const GITLAB_BY_HAND = ['api', 'chat', 'pipeline', 'trigger', 'web'];
const AZURE_BY_HAND = ['Manual', 'ResourceTrigger'];

/**
 * In a merged results pipeline, commit and message are those of a temporary merge. An external pull request is one of
 * another repository that GitLab builds.
 */
function readGitLab(environment: Environment): CiEnvironment {
  const sourceSha =
    environment.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || environment.CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA;
  return {
    facts: {
      commitSha: sourceSha || environment.CI_COMMIT_SHA,
      commitMessage: sourceSha ? undefined : environment.CI_COMMIT_MESSAGE,
      branch:
        environment.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME ||
        environment.CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME ||
        environment.CI_COMMIT_BRANCH,
      pullRequestNumber: environment.CI_MERGE_REQUEST_IID || environment.CI_EXTERNAL_PULL_REQUEST_IID,
      pullRequestTitle: environment.CI_MERGE_REQUEST_TITLE,
      isOfRunOnly: GITLAB_BY_HAND.includes(environment.CI_PIPELINE_SOURCE ?? ''),
    },
    keyAdvice:
      'Add it under Settings → CI/CD → Variables as QASSANDRA_API_KEY, masked. A protected variable only reaches protected branches and tags, and a merge request from a fork gets none unless a member of this project runs its pipeline here.',
  };
}

/**
 * CircleCI builds a pull request from a fork on a branch named `pull/NUMBER`, which does not exist in any repository.
 */
function readCircleCi(environment: Environment): CiEnvironment {
  const branch = environment.CIRCLE_BRANCH ?? '';
  return {
    facts: {
      commitSha: environment.CIRCLE_SHA1,
      branch: /^pull\/\d+$/.test(branch) ? undefined : branch,
      pullRequestNumber:
        /\/(\d+)\/?$/.exec(environment.CIRCLE_PULL_REQUEST ?? '')?.[1] ?? environment.CIRCLE_PR_NUMBER,
    },
    keyAdvice:
      'Add it to a context, or under Project Settings → Environment Variables, as QASSANDRA_API_KEY, and name the context in the workflow. A pull request from a fork gets none.',
  };
}

function readBitbucket(environment: Environment): CiEnvironment {
  return {
    facts: {
      commitSha: environment.BITBUCKET_COMMIT,
      branch: environment.BITBUCKET_BRANCH,
      pullRequestNumber: environment.BITBUCKET_PR_ID,
    },
    keyAdvice: 'Add it under Repository settings → Repository variables as QASSANDRA_API_KEY, secured.',
  };
}

/** Azure builds a pull request on its merge commit, so the message is that of the merge. */
function readAzure(environment: Environment): CiEnvironment {
  const sourceSha = environment.SYSTEM_PULLREQUEST_SOURCECOMMITID;
  const ref = environment.SYSTEM_PULLREQUEST_SOURCEBRANCH || (environment.BUILD_SOURCEBRANCH ?? '');
  return {
    facts: {
      commitSha: sourceSha || environment.BUILD_SOURCEVERSION,
      commitMessage: sourceSha ? undefined : environment.BUILD_SOURCEVERSIONMESSAGE,
      branch: /^refs\/(?!heads\/)/.test(ref) ? undefined : ref.replace(/^refs\/heads\//, ''),
      // On GitHub users see the number; elsewhere there is only the id.
      pullRequestNumber:
        environment.SYSTEM_PULLREQUEST_PULLREQUESTNUMBER || environment.SYSTEM_PULLREQUEST_PULLREQUESTID,
      isOfRunOnly: AZURE_BY_HAND.includes(environment.BUILD_REASON ?? ''),
    },
    keyAdvice:
      'Add it as a secret variable of the pipeline, and map it in the step with `env: QASSANDRA_API_KEY: $(QASSANDRA_API_KEY)`: steps do not get secret variables automatically.',
  };
}

/** For a change request, BRANCH_NAME is `PR-24` or similar; for a tag, it is the tag. */
function readJenkins(environment: Environment): CiEnvironment {
  const { CHANGE_ID, CHANGE_BRANCH, TAG_NAME } = environment;
  const built = environment.BRANCH_NAME || environment.GIT_BRANCH?.replace(/^(refs\/remotes\/)?origin\//, '');
  const isRefOfTag = /^(refs\/)?tags\//.test(built ?? '');
  const isBranch = !CHANGE_ID && !TAG_NAME && !isRefOfTag && built !== 'detached';
  return {
    facts: {
      commitSha: environment.GIT_COMMIT,
      branch: CHANGE_BRANCH || (isBranch ? built : undefined),
      pullRequestNumber: CHANGE_ID,
      pullRequestTitle: environment.CHANGE_TITLE,
    },
    keyAdvice:
      "Add it as a secret text under Manage Jenkins → Credentials, and bind it in the pipeline with `environment { QASSANDRA_API_KEY = credentials('qassandra-api-key') }`.",
  };
}
