import type { Outcome, RunInputs } from '../../core/contracts.ts';
import { createTriggerMetadata } from '../../core/metadata/trigger-metadata.ts';
import { messageOf } from '../../lib/errors.ts';
import { toLogText } from '../../lib/text.ts';
import type { GitHubAccess } from './octokit.ts';

const NOTES = {
  outdated: 'No comment: the one on the pull request is of a newer check.',
  unsettled:
    'The comment on the pull request was written. Another job may have written one at the same moment: GitHub did not say.',
} as const;

interface CommenterInputs extends Pick<RunInputs, 'appId' | 'metadata' | 'event'> {
  readonly github: GitHubAccess;
}

export interface CommenterOptions {
  readonly inputs: CommenterInputs;
  /** Aborted when the step must stop: then there is no time left. */
  readonly signal: AbortSignal;
  readonly note: (message: string) => void;
  readonly debug: (message: string) => void;
  readonly warn: (message: string) => void;
}

/**
 * Creates the function that comments on an outcome for `comment: true`. It decides whether to comment, and explains a
 * refusal; keep-comment.ts talks to GitHub and is loaded only then. Never rejects: the gate does not depend on the
 * comment.
 */
export function createCommenter(options: CommenterOptions): (outcome: Outcome) => Promise<void> {
  const { inputs, signal, note, debug, warn } = options;
  const metadata = createTriggerMetadata(inputs.metadata, inputs.event);
  const { pull_request_id: pullRequestNumber, git_commit_id: commitSha } = metadata;
  return async (outcome) => {
    const { receipt } = outcome;
    if (signal.aborted || receipt === undefined) {
      return;
    }
    if (pullRequestNumber === undefined) {
      note('No comment: this run is about no pull request. The input `pull-request-number` can name one.');
      return;
    }
    const obstacle = findObstacle(inputs);
    if (obstacle !== undefined) {
      warn(`The comment on the pull request was not written: ${obstacle}`);
      return;
    }
    try {
      const { keepComment } = await import('./keep-comment.ts');
      const kept = await keepComment({
        github: inputs.github,
        pullRequestNumber,
        appId: receipt.app_id || inputs.appId,
        outcome,
        commitSha,
        signal,
        debug,
      });
      if (kept !== 'written') {
        note(NOTES[kept]);
      }
    } catch (error) {
      warn(`The comment on the pull request was not written: ${explain(error)}`);
    }
  };
}

/** Explains why there is no point in asking GitHub. */
function findObstacle({ github }: CommenterInputs): string | undefined {
  if (github.token === '') {
    return 'the input `github-token` is empty. Leave it out, so that the token of the job is used.';
  }
  return github.repo === '' ? 'the runner names no repository (GITHUB_REPOSITORY).' : undefined;
}

function explain(error: unknown): string {
  const message = toLogText(messageOf(error), 500);
  const advice = advise(error, message);
  return advice === undefined ? message : `GitHub refused it (${message}). ${advice}`;
}

function advise(error: unknown, message: string): string | undefined {
  const { status }: { status?: unknown } = Object(error);
  if (status === 429 || /rate limit/i.test(message)) {
    return 'Its limit of requests is reached: the comment is brought up to date by the next run.';
  }
  if (/\blocked\b/i.test(message)) {
    return 'The conversation on the pull request is locked: unlock it, or leave out `comment`.';
  }
  if (status === 401) {
    return 'Check the input `github-token`; without it the token of the job is used.';
  }
  if (status !== 403 && status !== 404) {
    return undefined;
  }
  const permission =
    'Add `permissions: pull-requests: write` to the job. A pull request from a fork gets a token that can only read, whatever the workflow says.';
  return status === 403
    ? permission
    : `${permission} If the job has that, check that there is a pull request of this number.`;
}
