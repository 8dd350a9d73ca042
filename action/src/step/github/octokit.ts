import type { GitHub } from '@actions/github/lib/utils';
import { describeExchange } from '../../client/api-client.ts';

type Library = typeof import('@actions/github');
export type Octokit = InstanceType<typeof GitHub>;

/** What is needed to ask GitHub about the repository. */
export interface GitHubAccess {
  readonly token: string;
  readonly apiUrl: string;
  readonly owner: string;
  readonly repo: string;
}

/**
 * Loads GitHub's library, only for requests to GitHub: loading costs more than the rest of a step. While loading, the
 * library parses the event's file, and throws if the file is empty or starts with a byte order mark. The action does
 * not need that, so it hides the file; it has read the event before.
 */
function loadLibrary(): Promise<Library> {
  delete process.env.GITHUB_EVENT_PATH;
  return import('@actions/github');
}

export interface OctokitOptions {
  readonly github: GitHubAccess;
  readonly signal: AbortSignal;
  readonly debug: (message: string) => void;
  /** Options in Octokit's own form. */
  readonly options?: object;
  readonly plugins?: Parameters<Library['getOctokit']>[2][];
}

/** Creates GitHub's client. `signal` bounds every request, and every request is a line of the debug log. */
export async function createOctokit({
  github,
  signal,
  debug,
  options = {},
  plugins = [],
}: OctokitOptions): Promise<Octokit> {
  const { getOctokit } = await loadLibrary();
  const octokit = getOctokit(github.token, { baseUrl: github.apiUrl, ...options }, ...plugins);
  octokit.hook.wrap('request', async (send, request) => {
    const startedAt = performance.now();
    // Set here and not per request, since `paginate` drops it.
    request.request.signal = signal;
    const tell = (outcome: unknown, headers: Readonly<Record<string, unknown>> = {}): void => {
      const { method, url } = octokit.request.endpoint(request);
      const { pathname, search } = new URL(url);
      debug(
        describeExchange({
          method,
          path: `${pathname}${search} of GitHub`,
          outcome: String(outcome),
          requestId: headers['x-github-request-id']?.toString(),
          ms: Math.round(performance.now() - startedAt),
        }),
      );
    };
    try {
      const answer = await send(request);
      tell(answer.status, answer.headers);
      return answer;
    } catch (error) {
      const { status, response }: { status?: unknown; response?: { headers?: Record<string, unknown> } } =
        Object(error);
      tell(response === undefined ? 'no answer' : status, response?.headers);
      throw error;
    }
  });
  return octokit;
}
