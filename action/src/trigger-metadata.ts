import type { Metadata } from '../../server/checks/schema.ts';
import { textAt, valueAt } from './json.ts';
import { cutText } from './text.ts';
import type { WorkflowEvent } from './workflow-event.ts';

/** What the inputs say; an empty text where they say nothing. */
export interface MetadataInputs {
  readonly appUrl: string;
  readonly discoverFlows: boolean;
  readonly branch: string;
  readonly commitSha: string;
  readonly commitMessage: string;
  readonly pullRequestNumber: string;
  readonly pullRequestTitle: string;
}

/** What an event, or another CI's environment, says of the code under test. */
export interface CommitFacts {
  readonly commitSha?: string | undefined;
  readonly commitMessage?: string | undefined;
  readonly branch?: string | undefined;
  readonly pullRequestNumber?: string | undefined;
  readonly pullRequestTitle?: string | undefined;
  readonly appUrl?: string | undefined;
}

/** The contract's limits of a trigger's fields. */
const LIMITS = { sha: 64, message: 8192, pullRequest: 64, title: 1024, branch: 255 } as const;

/** The body of the trigger: what the inputs say, else what the event says. Nothing is sent that is not known. */
export function createTriggerMetadata(inputs: MetadataInputs, event: WorkflowEvent): Metadata {
  const facts = withFacts(inputs, readFacts(event));
  const metadata: Metadata = {};
  setText(metadata, 'git_commit_id', facts.commitSha, LIMITS.sha);
  setText(metadata, 'git_commit_message', facts.commitMessage, LIMITS.message);
  setText(metadata, 'pull_request_id', facts.pullRequestNumber, LIMITS.pullRequest);
  setText(metadata, 'pull_request_name', facts.pullRequestTitle, LIMITS.title);
  setText(metadata, 'branch', facts.branch, LIMITS.branch);
  setText(metadata, 'app_url', facts.appUrl, Infinity);
  if (facts.discoverFlows) metadata.discover_flows = true;
  return metadata;
}

/**
 * The inputs, with facts where they say nothing. An input that names another commit or pull request takes the
 * facts' texts out: they are not its own.
 */
export function withFacts(inputs: MetadataInputs, facts: CommitFacts): MetadataInputs {
  const choose = (input: string, fact: string | undefined): string => input || (fact ?? '');
  const commitSha = choose(inputs.commitSha, facts.commitSha);
  const pullRequestNumber = choose(inputs.pullRequestNumber, facts.pullRequestNumber);
  const isSameCommit = commitSha === choose('', facts.commitSha);
  const isSamePullRequest = pullRequestNumber === choose('', facts.pullRequestNumber);
  return {
    appUrl: choose(inputs.appUrl, facts.appUrl),
    discoverFlows: inputs.discoverFlows,
    branch: choose(inputs.branch, facts.branch),
    commitSha,
    commitMessage: choose(inputs.commitMessage, isSameCommit ? facts.commitMessage : ''),
    pullRequestNumber,
    pullRequestTitle: choose(inputs.pullRequestTitle, isSamePullRequest ? facts.pullRequestTitle : ''),
  };
}

/** The metadata with a commit message that was found out later. */
export function withCommitMessage(metadata: Metadata, message: string): Metadata {
  const completed = { ...metadata };
  setText(completed, 'git_commit_message', message, LIMITS.message);
  return completed;
}

type TextField = Exclude<keyof Metadata, 'discover_flows'>;

function setText(metadata: Metadata, field: TextField, value: string, limit: number): void {
  // NUL and lone surrogates cannot be stored, and would have the whole trigger refused.
  const text = cutText(value.replaceAll('\0', '').toWellFormed(), limit);
  if (text !== '') metadata[field] = text;
}

function readFacts(event: WorkflowEvent): CommitFacts {
  const { payload } = event;
  if (valueAt(payload, 'pull_request', 'head') !== undefined) return readPullRequest(payload);
  switch (event.name) {
    case 'push':
      return readPush(event);
    case 'merge_group':
      return readMergeGroup(payload);
    case 'deployment':
    case 'deployment_status':
      return readDeployment(event);
    case 'workflow_run':
      return readWorkflowRun(payload);
    default:
      return readRunner(event);
  }
}

/** Of events that say nothing of the code: what the runner says, where that is not of a merge commit. */
function readRunner({ sha, ref, headRef }: WorkflowEvent): CommitFacts {
  const number = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  if (headRef !== '' || number !== undefined) return { branch: headRef, pullRequestNumber: number };
  return { commitSha: sha, branch: branchOf(ref) };
}

/** Of any event about a pull request: its own head, since GITHUB_SHA and GITHUB_REF are a merge commit's. */
function readPullRequest(payload: unknown): CommitFacts {
  return {
    commitSha: textAt(payload, 'pull_request', 'head', 'sha'),
    branch: textAt(payload, 'pull_request', 'head', 'ref'),
    pullRequestNumber: numberAt(payload, 'pull_request', 'number'),
    pullRequestTitle: textAt(payload, 'pull_request', 'title'),
  };
}

/** `after` of an annotated tag is the tag object's, so the head commit comes first. A deletion has no commit. */
function readPush({ payload, sha, ref }: WorkflowEvent): CommitFacts {
  const branch = branchOf(textAt(payload, 'ref') ?? ref);
  if (valueAt(payload, 'deleted') === true) return { branch };
  return {
    commitSha: textAt(payload, 'head_commit', 'id') ?? (sha || textAt(payload, 'after')),
    commitMessage: textAt(payload, 'head_commit', 'message'),
    branch,
  };
}

/** A merge queue's branch is `gh-readonly-queue/BASE/pr-NUMBER-SHA`: the only place that names the pull request. */
function readMergeGroup(payload: unknown): CommitFacts {
  const branch = branchOf(textAt(payload, 'merge_group', 'head_ref') ?? '');
  return {
    commitSha: textAt(payload, 'merge_group', 'head_sha'),
    commitMessage: textAt(payload, 'merge_group', 'head_commit', 'message'),
    branch,
    pullRequestNumber: /\/pr-(\d+)-[0-9a-f]+$/.exec(branch ?? '')?.[1],
  };
}

/**
 * `target_url` is not taken for the app's address: it has become the address of the deployment's log, and a log
 * that answers 200 would make a green check of nothing.
 */
function readDeployment({ payload, sha, ref }: WorkflowEvent): CommitFacts {
  const commitSha = textAt(payload, 'deployment', 'sha') ?? sha;
  const deployed = textAt(payload, 'deployment', 'ref') ?? '';
  // What was deployed may be named by branch, tag or commit; GITHUB_REF says which, and is empty for a commit.
  const isCommit = /^[0-9a-f]{7,64}$/.test(deployed) && commitSha.startsWith(deployed);
  const named = deployed.startsWith('refs/') ? branchOf(deployed) : isCommit ? undefined : deployed;
  return {
    commitSha,
    branch: ref === '' ? named : branchOf(ref),
    appUrl: httpUrlAt(payload, 'deployment_status', 'environment_url'),
  };
}

/** Runs on the default branch, about another run. */
function readWorkflowRun(payload: unknown): CommitFacts {
  return {
    commitSha: textAt(payload, 'workflow_run', 'head_sha'),
    commitMessage: textAt(payload, 'workflow_run', 'head_commit', 'message'),
    branch: textAt(payload, 'workflow_run', 'head_branch'),
  };
}

function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

function numberAt(payload: unknown, ...path: string[]): string | undefined {
  const value = valueAt(payload, ...path);
  return typeof value === 'number' ? String(value) : undefined;
}

function httpUrlAt(payload: unknown, ...path: string[]): string | undefined {
  const text = textAt(payload, ...path);
  return text !== undefined && /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : undefined;
}
