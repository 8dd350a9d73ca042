import type { Outcome } from '../../core/contracts.ts';
import { formatDuration, toSummaryText } from '../../lib/text.ts';
import { createSummary } from '../../report/summary.ts';
import { createOctokit, type GitHubAccess, type Octokit } from './octokit.ts';

/** GitHub refuses a comment of more than 65,536 characters. This leaves room for the rest of the comment. */
const TABLE_BYTES = 40 * 1024;

/** The gate does not depend on the comment, so GitHub gets no more time than this. */
const TIMEOUT_MS = 20_000;

/** A longer rate limit is not waited for. */
const LONGEST_RATE_LIMIT_SECONDS = 10;

const PAGE_SIZE = 100;

/**
 * Statuses that the retry plugin must not retry: its own list, and 429, since the throttling plugin handles rate
 * limits.
 */
const FINAL_STATUSES = [400, 401, 403, 404, 410, 422, 429, 451];

/** GitHub's names for people who cannot write to the repository. */
const STRANGERS = ['NONE', 'CONTRIBUTOR', 'FIRST_TIMER', 'FIRST_TIME_CONTRIBUTOR', 'MANNEQUIN'];

/** The hidden line below the marker: when the server created the check of the comment. */
const CHECK_TIME = /^<!-- check created_at=(\S+) -->$/m;

/**
 * What happened to the comment. `outdated`: the existing comment is of a newer check and stays. `unsettled`: the
 * comment was created, and another job may have created one too.
 */
export type KeptComment = 'written' | 'outdated' | 'unsettled';

export interface CommentOptions {
  readonly github: GitHubAccess;
  readonly pullRequestNumber: string;
  readonly appId: string;
  readonly outcome: Outcome;
  readonly commitSha: string | undefined;
  readonly signal: AbortSignal;
  readonly debug: (message: string) => void;
}

/**
 * Keeps one comment per pull request and app: rewrites the one with the app's marker, or creates it. Rejects with
 * GitHub's message if GitHub refuses.
 */
export async function keepComment(options: CommentOptions): Promise<KeptComment> {
  const { github, appId, pullRequestNumber, outcome } = options;
  const octokit = await createCommentingOctokit(options);
  const marker = createMarker(appId);
  const body = createBody(marker, options);
  const { owner, repo } = github;
  const issue = { owner, repo, issue_number: Number(pullRequestNumber) };
  const thread: Thread = { ...issue, octokit, marker };

  const [kept] = await findComments(thread);
  const result = kept === undefined ? 'gone' : await rewrite(thread, kept, { body, outcome });
  if (result !== 'gone') {
    return result;
  }
  const { data: made } = await octokit.rest.issues.createComment({ ...issue, body });
  try {
    // Another job of the same app may have searched at the same moment: the first comment stays.
    const [first = made] = await findComments(thread);
    if (first.id === made.id) {
      return 'written';
    }
    const other = await rewrite(thread, first, { body, outcome });
    if (other === 'gone') {
      return 'written';
    }
    await octokit.rest.issues.deleteComment({ owner, repo, comment_id: made.id });
    return other;
  } catch {
    // The new comment exists, whatever failed after it.
    return 'unsettled';
  }
}

interface Thread {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  readonly issue_number: number;
  readonly marker: string;
}

/** Rewrites a comment. Returns `gone` if it was deleted since it was listed. */
async function rewrite(
  { octokit, owner, repo }: Thread,
  comment: FoundComment,
  { body, outcome }: { body: string; outcome: Outcome },
): Promise<'written' | 'outdated' | 'gone'> {
  if (isOutdated(outcome, comment)) {
    return 'outdated';
  }
  try {
    await octokit.rest.issues.updateComment({ owner, repo, comment_id: comment.id, body });
    return 'written';
  } catch (error) {
    const { status }: { status?: unknown } = Object(error);
    if (status === 404) {
      return 'gone';
    }
    throw error;
  }
}

/**
 * Whether the comment is of a newer check: the check of an earlier push may end after that of a later one. Without the
 * times, the last writer wins.
 */
function isOutdated({ check }: Outcome, { body }: FoundComment): boolean {
  const time = CHECK_TIME.exec(String(body))?.[1];
  return Date.parse(String(time)) > Date.parse(String(check?.created_at));
}

/** Octokit stops for an error with the name AbortError; for any other reason it would try again. */
function createBound(stop: AbortSignal): AbortSignal {
  const bound = new AbortController();
  const abort = (message: string) => () => bound.abort(new DOMException(message, 'AbortError'));
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  timeout.addEventListener('abort', abort(`GitHub had not answered after ${formatDuration(TIMEOUT_MS)}.`));
  stop.addEventListener('abort', abort('The step was cancelled.'));
  return bound.signal;
}

/** Uses the app's id, not its alias: the alias may change, and two workflows may write it differently. */
function createMarker(appId: string): string {
  return `<!-- qassandra-check app=${appId} -->`;
}

function createBody(marker: string, { outcome, commitSha }: CommentOptions): string {
  const commit = commitSha === undefined ? '' : `\n<sub>Of commit ${toSummaryText(commitSha)}.</sub>\n`;
  return `${marker}\n${createTime(outcome)}${createSummary(outcome, TABLE_BYTES)}${commit}`;
}

/** Creates the line that `CHECK_TIME` reads. Formats the server's date again, so that nothing else can be in it. */
function createTime({ check }: Outcome): string {
  const time = Date.parse(String(check?.created_at));
  return Number.isNaN(time) ? '' : `<!-- check created_at=${new Date(time).toISOString()} -->\n`;
}

interface FoundComment {
  readonly id: number;
  readonly body?: string | undefined;
}

/**
 * Lists the comments that start with the marker, oldest first. Ignores comments that only quote it, and strangers'
 * comments: a stranger could write the marker and change the text afterwards.
 */
async function findComments({ octokit, marker, ...issue }: Thread): Promise<FoundComment[]> {
  const comments = await octokit.paginate(octokit.rest.issues.listComments, {
    ...issue,
    per_page: PAGE_SIZE,
  });
  return comments
    .filter(({ user, author_association }) => user?.type === 'Bot' || !STRANGERS.includes(author_association))
    .filter(({ body }) => body?.startsWith(marker));
}

async function createCommentingOctokit({ github, signal, debug }: CommentOptions): Promise<Octokit> {
  const [{ retry }, { throttling }] = await Promise.all([
    import('@octokit/plugin-retry'),
    import('@octokit/plugin-throttling'),
  ]);
  const isShort = (seconds: number, _request: unknown, _octokit: unknown, tries: number) =>
    seconds <= LONGEST_RATE_LIMIT_SECONDS && tries < 2;
  const throttle = { onRateLimit: isShort, onSecondaryRateLimit: isShort };
  return await createOctokit({
    github,
    signal: createBound(signal),
    debug,
    options: { throttle, retry: { doNotRetry: FINAL_STATUSES } },
    plugins: [retry, throttling],
  });
}
