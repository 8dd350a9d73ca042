import type { Metadata } from '../../../../server/features/checks/schema.ts';
import { cutText } from '../../lib/text.ts';
import { branchOf, type CommitFacts, readFacts } from './event-facts.ts';
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
  if (facts.discoverFlows) {
    metadata.discover_flows = true;
  }
  return metadata;
}

/**
 * The inputs, with facts where they say nothing. An input that names another commit or pull request takes the
 * facts' texts out: they are not its own. A branch may be given as a full ref, as `github.ref` is one; a ref of
 * something else is no branch, and says nothing.
 */
export function withFacts(inputs: MetadataInputs, facts: CommitFacts): MetadataInputs {
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

/** Git takes seven digits and more, of either case, for the whole. */
function isShortFor(sha: string, whole: string): boolean {
  const isPrefix = whole.toLowerCase().startsWith(sha.toLowerCase());
  return sha === whole || (sha.length >= 7 && isPrefix);
}

/** The metadata with a commit message that was found out later. */
export function withCommitMessage(metadata: Metadata, message: string): Metadata {
  const completed = { ...metadata };
  setText(completed, 'git_commit_message', message, LIMITS.message);
  return completed;
}

type TextField = Exclude<keyof Metadata, 'discover_flows'>;

/** A key in a commit's message is no secret any more, and still nothing to show to everyone who may see the check. */
const KEY_IN_TEXT = /qsk_[0-9A-Za-z]{42}/g;

function setText(metadata: Metadata, field: TextField, value: string, limit: number): void {
  // NUL and lone surrogates cannot be stored, and would have the whole trigger refused.
  const storable = value.replaceAll('\0', '').toWellFormed();
  const text = cutText(field === 'app_url' ? storable : storable.replace(KEY_IN_TEXT, 'qsk_…'), limit);
  if (text !== '') {
    metadata[field] = text;
  }
}
