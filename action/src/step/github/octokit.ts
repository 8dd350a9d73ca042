import type { GitHub } from '@actions/github/lib/utils';
import { describeExchange } from '../../client/api-client.ts';

type Library = typeof import('@actions/github');
export type Octokit = InstanceType<typeof GitHub>;

/** How to ask GitHub for what the event does not say. */
export interface GitHubAccess {
  readonly token: string;
  readonly apiUrl: string;
  readonly owner: string;
  readonly repo: string;
}

/**
 * Loads GitHub's library, which costs more than all the rest of a step: only where GitHub is asked. As it is loaded
 * it parses the event's file, which it has no use for here, and throws where that is empty or begins with a byte order
 * mark; so it does not learn of the file. All that is wanted of the event has been read by then.
 */
function loadLibrary(): Promise<Library> {
  delete process.env.GITHUB_EVENT_PATH;
  return import('@actions/github');
}

export interface OctokitOptions {
  readonly github: GitHubAccess;
  readonly signal: AbortSignal;
  readonly debug: (message: string) => void;
  /** As Octokit takes them. */
  readonly options?: object;
  readonly plugins?: Parameters<Library['getOctokit']>[2][];
}

/** GitHub's client. Every request is bounded by `signal`, and is a line of the debug log. */
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
    // Not given with each request, since `paginate` forgets it.
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
