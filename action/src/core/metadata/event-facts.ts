import { textAt, valueAt } from '../../lib/json.ts';
import type { WorkflowEvent } from './workflow-event.ts';

/** What an event, or the environment of another CI, says about the code under test. */
export interface CommitFacts {
  readonly commitSha?: string | undefined;
  readonly commitMessage?: string | undefined;
  readonly branch?: string | undefined;
  readonly pullRequestNumber?: string | undefined;
  readonly pullRequestTitle?: string | undefined;
  readonly appUrl?: string | undefined;
  /**
   * Whether commit and branch are only those of the workflow file that ran. A URL that such a run is given may serve
   * other code, for example a preview.
   */
  readonly isOfRunOnly?: boolean;
}

/** Reads what the event says about the code under test. Pure; leaves out anything uncertain. */
export function readFacts(event: WorkflowEvent): CommitFacts {
  const { payload } = event;
  if (valueAt(payload, 'pull_request', 'head') !== undefined) {
    return readPullRequest(payload);
  }
  switch (event.name) {
    case 'push':
      return readPush(event);
    case 'merge_group':
      return readMergeGroup(event);
    case 'deployment':
    case 'deployment_status':
      return readDeployment(event);
    case 'workflow_run':
      return readWorkflowRun(payload);
    case 'check_run':
      return readCheckRun(payload);
    case 'check_suite':
      return readCheckSuite(payload);
    case 'status':
      return readStatus(payload);
    case 'issue_comment':
      return readIssueComment(event);
    case 'repository_dispatch':
      // Another system sends this event about code of its own choice, and GitHub runs it on the default branch.
      return {};
    case 'schedule':
      // Nobody chooses the URL of a single run, so it belongs to the branch like the workflow file.
      return { ...readRunner(event), isOfRunOnly: false };
    default:
      return readRunner(event);
  }
}

/**
 * For events without information about the code: uses the runner's, unless it is about a merge commit. Leaves out a
 * pull request's branch: without the payload it may be a fork's, and be called like the main branch.
 */
function readRunner({ sha, ref, headRef }: WorkflowEvent): CommitFacts {
  const number = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  if (headRef !== '' || number !== undefined) {
    return { pullRequestNumber: number };
  }
  return { commitSha: sha, branch: branchOf(ref), isOfRunOnly: true };
}

/** For any event about a pull request: its own head, since GITHUB_SHA and GITHUB_REF are the merge commit's. */
function readPullRequest(payload: unknown): CommitFacts {
  const head = valueAt(payload, 'pull_request', 'head');
  return {
    commitSha: textAt(head, 'sha'),
    branch: nameBranch(payload, {
      branch: textAt(head, 'ref'),
      repository: valueAt(head, 'repo'),
      owner: textAt(head, 'user', 'login'),
    }),
    pullRequestNumber: numberAt(payload, 'pull_request', 'number'),
    pullRequestTitle: textAt(payload, 'pull_request', 'title'),
  };
}

/** For an annotated tag, `after` is the tag object, so the head commit comes first. A deletion has no commit. */
function readPush({ payload, sha, ref }: WorkflowEvent): CommitFacts {
  const branch = branchOf(textAt(payload, 'ref') ?? ref);
  if (valueAt(payload, 'deleted') === true) {
    return { branch };
  }
  return {
    commitSha: textAt(payload, 'head_commit', 'id') ?? (sha || textAt(payload, 'after')),
    commitMessage: textAt(payload, 'head_commit', 'message'),
    branch,
  };
}

/** A merge queue's branch is `gh-readonly-queue/BASE/pr-NUMBER-SHA`: nothing else names the pull request. */
function readMergeGroup({ payload, sha, ref }: WorkflowEvent): CommitFacts {
  const branch = branchOf(textAt(payload, 'merge_group', 'head_ref') ?? ref);
  return {
    commitSha: textAt(payload, 'merge_group', 'head_sha') ?? sha,
    commitMessage: textAt(payload, 'merge_group', 'head_commit', 'message'),
    branch,
    pullRequestNumber: /\/pr-(\d+)-[0-9a-f]+$/.exec(String(branch))?.[1],
  };
}

/**
 * Does not use `target_url` as the app's address: nowadays it is the address of the deployment's log. A log that
 * answers 200 would make the check pass.
 */
function readDeployment({ payload, sha, ref }: WorkflowEvent): CommitFacts {
  const commitSha = textAt(payload, 'deployment', 'sha') ?? sha;
  const deployed = textAt(payload, 'deployment', 'ref') ?? '';
  // The deployed ref may be a branch, a tag or a commit. GITHUB_REF tells which, and is empty for a commit.
  const isCommit = /^[0-9a-f]{7,64}$/.test(deployed) && commitSha.startsWith(deployed);
  const named = deployed.startsWith('refs/') ? branchOf(deployed) : isCommit ? undefined : deployed;
  return {
    commitSha,
    branch: ref === '' ? named : branchOf(ref),
    appUrl: httpUrlAt(payload, 'deployment_status', 'environment_url'),
  };
}

/** This event runs on the default branch and is about another run. The following events are about another commit. */
function readWorkflowRun(payload: unknown): CommitFacts {
  const run = valueAt(payload, 'workflow_run');
  const repository = valueAt(run, 'head_repository');
  const isOfPullRequest = textAt(run, 'event')?.startsWith('pull_request') === true;
  return {
    commitSha: textAt(run, 'head_sha'),
    commitMessage: textAt(run, 'head_commit', 'message'),
    branch: nameBranch(payload, {
      branch: textAt(run, 'head_branch'),
      repository,
      owner: textAt(repository, 'owner', 'login'),
    }),
    pullRequestNumber: isOfPullRequest ? pullRequestOf(run, payload) : undefined,
  };
}

interface HeadBranch {
  readonly branch: string | undefined;
  /** The payload's repository of the branch: `null` if it was deleted. */
  readonly repository: unknown;
  readonly owner: string | undefined;
}

/**
 * Names a branch. A fork's gets its owner before it, as GitHub writes it: a fork's `main` is not this repository's,
 * which other checks are compared with. Returns undefined for a fork whose owner is not known.
 */
function nameBranch(payload: unknown, { branch, repository, owner }: HeadBranch): string | undefined {
  const name = textAt(repository, 'full_name');
  const isOurs =
    repository === undefined || (name !== undefined && name === textAt(payload, 'repository', 'full_name'));
  return isOurs || branch === undefined ? branch : owner && `${owner}:${branch}`;
}

function readCheckRun(payload: unknown): CommitFacts {
  const run = valueAt(payload, 'check_run');
  return {
    commitSha: textAt(run, 'head_sha'),
    branch: textAt(run, 'check_suite', 'head_branch'),
    pullRequestNumber: pullRequestOf(run, payload),
  };
}

function readCheckSuite(payload: unknown): CommitFacts {
  const suite = valueAt(payload, 'check_suite');
  return {
    commitSha: textAt(suite, 'head_sha'),
    commitMessage: textAt(suite, 'head_commit', 'message'),
    branch: textAt(suite, 'head_branch'),
    pullRequestNumber: pullRequestOf(suite, payload),
  };
}

/** A commit may be in several branches: then none of them is used. */
function readStatus(payload: unknown): CommitFacts {
  const branches = listAt(payload, 'branches');
  return {
    commitSha: textAt(payload, 'sha'),
    commitMessage: textAt(payload, 'commit', 'commit', 'message'),
    branch: branches.length === 1 ? textAt(branches[0], 'name') : undefined,
  };
}

/** For a pull request the event has neither commit nor branch, and the runner's are the default branch's. */
function readIssueComment(event: WorkflowEvent): CommitFacts {
  const { payload } = event;
  if (valueAt(payload, 'issue', 'pull_request') === undefined) {
    return readRunner(event);
  }
  return {
    pullRequestNumber: numberAt(payload, 'issue', 'number'),
    pullRequestTitle: textAt(payload, 'issue', 'title'),
  };
}

/** Returns the branch of a ref, or undefined if it is a tag's or another ref. */
export function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

function numberAt(payload: unknown, ...path: string[]): string | undefined {
  const value = valueAt(payload, ...path);
  return typeof value === 'number' ? String(value) : undefined;
}

/**
 * Returns the only pull request into this repository whose head is the commit. The event's list also has those into
 * other repositories and those of branches with the same name. A pull request from the default branch (to a release
 * branch, for example) does not count: a commit of that branch is not about it.
 */
function pullRequestOf(about: unknown, payload: unknown): string | undefined {
  const fits = listAt(about, 'pull_requests').filter(
    (pull) =>
      textAt(pull, 'head', 'sha') === textAt(about, 'head_sha') &&
      valueAt(pull, 'base', 'repo', 'id') === valueAt(payload, 'repository', 'id') &&
      textAt(pull, 'head', 'ref') !== textAt(payload, 'repository', 'default_branch'),
  );
  return fits.length === 1 ? numberAt(fits[0], 'number') : undefined;
}

function listAt(payload: unknown, name: string): unknown[] {
  const value = valueAt(payload, name);
  return Array.isArray(value) ? value : [];
}

function httpUrlAt(payload: unknown, ...path: string[]): string | undefined {
  const text = textAt(payload, ...path);
  return text !== undefined && /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : undefined;
}
