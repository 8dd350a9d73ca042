import type { Outcome } from '../../core/contracts.ts';
import { formatDuration, toSummaryText } from '../../lib/text.ts';
import { createSummary } from '../../report/summary.ts';
import { createOctokit, type GitHubAccess, type Octokit } from './octokit.ts';

/** GitHub refuses a comment of more than 65,536 characters; this leaves room for what stands around the table. */
const TABLE_BYTES = 40 * 1024;

/** The gate does not depend on the comment, so it is not waited for longer than this. */
const TIMEOUT_MS = 20_000;

/** A rate limit that lasts longer is not waited for. */
const LONGEST_RATE_LIMIT_SECONDS = 10;

const PAGE_SIZE = 100;

/** The retry plugin's own, and 429: limits of requests are the throttling plugin's, which asks less and not more. */
const FINAL_STATUSES = [400, 401, 403, 404, 410, 422, 429, 451];

/** What GitHub calls people who cannot write to the repository. */
const STRANGERS = ['NONE', 'CONTRIBUTOR', 'FIRST_TIMER', 'FIRST_TIME_CONTRIBUTOR', 'MANNEQUIN'];

/** Below the marker, unseen: when the server made the check that the comment is of. */
const CHECK_TIME = /^<!-- check created_at=(\S+) -->$/m;

/**
 * What became of it. `outdated`: the one that is there is of a newer check, and is left as it is. `unsettled`: one was
 * made, and another job may have made one as well.
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
 * Keeps one comment a pull request and app: finds the one with the app's marker and rewrites it, or makes it.
 * Rejects with what GitHub says where it does not allow that.
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
    // Another job of the same app may have looked at the same moment: the first comment stays.
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
    // Whatever it was, the comment that was made is there.
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

/** `gone` where somebody has deleted it since it was listed. */
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

/** The check of an earlier push may end after that of a later one. Without the times, who comes last writes. */
function isOutdated({ check }: Outcome, { body }: FoundComment): boolean {
  const time = CHECK_TIME.exec(String(body))?.[1];
  return Date.parse(String(time)) > Date.parse(String(check?.created_at));
}

/** Octokit takes an error of that name for the end; with any other reason it would try again, and again. */
function createBound(stop: AbortSignal): AbortSignal {
  const bound = new AbortController();
  const abort = (message: string) => () => bound.abort(new DOMException(message, 'AbortError'));
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  timeout.addEventListener('abort', abort(`GitHub had not answered after ${formatDuration(TIMEOUT_MS)}.`));
  stop.addEventListener('abort', abort('The step was cancelled.'));
  return bound.signal;
}

/** The app's id and not its alias, which may change, or be written either way in two workflows. */
function createMarker(appId: string): string {
  return `<!-- qassandra-check app=${appId} -->`;
}

function createBody(marker: string, { outcome, commitSha }: CommentOptions): string {
  const commit = commitSha === undefined ? '' : `\n<sub>Of commit ${toSummaryText(commitSha)}.</sub>\n`;
  return `${marker}\n${createTime(outcome)}${createSummary(outcome, TABLE_BYTES)}${commit}`;
}

/** As `CHECK_TIME` reads it. Written anew from what the server says, so that nothing else can stand there. */
function createTime({ check }: Outcome): string {
  const time = Date.parse(String(check?.created_at));
  return Number.isNaN(time) ? '' : `<!-- check created_at=${new Date(time).toISOString()} -->\n`;
}

interface FoundComment {
  readonly id: number;
  readonly body?: string | undefined;
}

/**
 * The comments that begin with the marker, oldest first. One that quotes it does not count, nor does a stranger's,
 * who could write the marker, have the result written below it, and change it afterwards.
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
