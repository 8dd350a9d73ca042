import type { StepInputs } from './inputs.ts';
import type { Outcome } from './summary.ts';
import { toLogText } from './text.ts';
import { createTriggerMetadata } from './trigger-metadata.ts';

export interface CommenterOptions {
  readonly inputs: StepInputs;
  /** Aborted when the step is to stop: there is no time left then. */
  readonly signal: AbortSignal;
  readonly note: (message: string) => void;
  readonly warn: (message: string) => void;
}

/** What `comment: true` does with an outcome. Never rejects: the gate does not depend on it. */
export function createCommenter(options: CommenterOptions): (outcome: Outcome) => Promise<void> {
  const { inputs, signal, note, warn } = options;
  const metadata = createTriggerMetadata(inputs.metadata, inputs.event);
  const { pull_request_id: pullRequestNumber, git_commit_id: commitSha } = metadata;
  return async (outcome) => {
    if (signal.aborted || outcome.receipt === undefined) return;
    if (pullRequestNumber === undefined) {
      note('No comment: this run is about no pull request. The input `pull-request-number` can name one.');
      return;
    }
    try {
      const { keepComment } = await import('./comment.ts');
      await keepComment({ github: inputs.github, pullRequestNumber, outcome, commitSha, signal });
    } catch (error) {
      warn(`The comment on the pull request was not written: ${explain(error)}`);
    }
  };
}

function explain(error: unknown): string {
  const message = error instanceof Error ? toLogText(error.message, 500) : String(error);
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 401 || status === 403 || status === 404) {
    return `GitHub refused it (${message}). Add \`permissions: pull-requests: write\` to the job. A pull request from a fork gets a token that can only read, whatever the workflow says.`;
  }
  return message;
}
