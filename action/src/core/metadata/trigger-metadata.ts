import type { Metadata } from '../../../../server/features/checks/schema.ts';
import { cutText } from '../../lib/text.ts';
import { branchOf, type CommitFacts, readFacts } from './event-facts.ts';
import type { WorkflowEvent } from './workflow-event.ts';

/** What the inputs say; an empty text for an input that is not given. */
export interface MetadataInputs {
  readonly appUrl: string;
  readonly discoverFlows: boolean;
  readonly branch: string;
  readonly commitSha: string;
  readonly commitMessage: string;
  readonly pullRequestNumber: string;
  readonly pullRequestTitle: string;
}

/** The contract's limits for the fields of a trigger. */
const LIMITS = { sha: 64, message: 8192, pullRequest: 64, title: 1024, branch: 255 } as const;

/** Creates the body of the trigger from the inputs, or else from the event. Leaves out unknown fields. */
export function createTriggerMetadata(inputs: MetadataInputs, event: WorkflowEvent): Metadata {
  const facts = withFacts(inputs, readFacts(event));
  const metadata: Metadata = {};
  setText(metadata, 'git_commit_id', facts.commitSha, LIMITS.sha);
  setText(metadata, 'git_commit_message', facts.commitMessage, LIMITS.message);
  setText(metadata, 'pull_request_id', facts.pullRequestNumber, LIMITS.pullRequest);
  setText(metadata, 'pull_request_name', facts.pullRequestTitle, LIMITS.title);
  setText(metadata, 'branch', facts.branch, LIMITS.branch);
  setText(metadata, 'app_url', facts.appUrl, Infinity);
  if (facts.discoverFlows) {
    metadata.discover_flows = true;
  }
  return metadata;
}

/**
 * Returns the inputs, completed with facts. If an input names another commit or pull request, the message or title from
 * the facts is not used, since it belongs to the original one. If an input names the URL of a run that only knows its
 * own workflow file, no facts are used: the failures of a preview would count as the main branch's. A branch may be a
 * full ref, like `github.ref`; another kind of ref counts as not given.
 */
export function withFacts(inputs: MetadataInputs, given: CommitFacts): MetadataInputs {
  const facts = given.isOfRunOnly && inputs.appUrl !== '' ? {} : given;
  const choose = (input: string, fact: string | undefined): string => input || (fact ?? '');
  const commitSha = choose(inputs.commitSha, facts.commitSha);
  const branch = inputs.branch.startsWith('refs/') ? branchOf(inputs.branch) : inputs.branch;
  const pullRequestNumber = choose(inputs.pullRequestNumber, facts.pullRequestNumber);
  const isSameCommit = isShortFor(commitSha, choose('', facts.commitSha));
  const isSamePullRequest = pullRequestNumber === choose('', facts.pullRequestNumber);
  return {
    appUrl: choose(inputs.appUrl, facts.appUrl),
    discoverFlows: inputs.discoverFlows,
    branch: choose(branch ?? '', facts.branch),
    commitSha,
    commitMessage: choose(inputs.commitMessage, isSameCommit ? facts.commitMessage : ''),
    pullRequestNumber,
    pullRequestTitle: choose(inputs.pullRequestTitle, isSamePullRequest ? facts.pullRequestTitle : ''),
  };
}

/** Like Git, accepts seven or more digits in either case as the whole hash. */
function isShortFor(sha: string, whole: string): boolean {
  const isPrefix = whole.toLowerCase().startsWith(sha.toLowerCase());
  return sha === whole || (sha.length >= 7 && isPrefix);
}

/** Adds a commit message that was found later. */
export function withCommitMessage(metadata: Metadata, message: string): Metadata {
  const completed = { ...metadata };
  setText(completed, 'git_commit_message', message, LIMITS.message);
  return completed;
}

type TextField = Exclude<keyof Metadata, 'discover_flows'>;

/** A key in a commit's message is already public. It is still hidden from everyone who may see the check. */
const KEY_IN_TEXT = /qsk_[0-9A-Za-z]{42}/g;

function setText(metadata: Metadata, field: TextField, value: string, limit: number): void {
  // NUL and lone surrogates cannot be stored: the server would refuse the whole trigger.
  const storable = value.replaceAll('\0', '').toWellFormed();
  const text = cutText(field === 'app_url' ? storable : storable.replace(KEY_IN_TEXT, 'qsk_…'), limit);
  if (text !== '') {
    metadata[field] = text;
  }
}
