import { textAt } from '../../lib/json.ts';
import { createOctokit, type GitHubAccess } from './octokit.ts';

/** A check does not need its commit's message, so GitHub gets no more time than this. */
const TIMEOUT_MS = 5000;

export interface FetchCommitMessageOptions {
  readonly github: GitHubAccess;
  readonly commitSha: string;
  readonly signal: AbortSignal;
  readonly debug: (message: string) => void;
}

/** Asks GitHub for a commit's message. Rejects if GitHub does not answer in time, or refuses. */
export async function fetchCommitMessage(options: FetchCommitMessageOptions): Promise<string | undefined> {
  const { github, debug } = options;
  const { owner, repo } = github;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const octokit = await createOctokit({ github, signal, debug });
  const answer = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', {
    owner,
    repo,
    ref: options.commitSha,
  });
  return textAt(answer.data, 'commit', 'message');
}
