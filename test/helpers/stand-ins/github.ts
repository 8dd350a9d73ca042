import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fault, type FaultRule, type SeenRequest, startFaultProxy } from '../network/fault-proxy.ts';

/** The part of GitHub's REST API that the action uses: comments of an issue, and a commit's message. */
export interface GitHub {
  /** The value of GITHUB_API_URL on a runner. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** All comments, oldest first. A test may add its own. */
  readonly comments: Comment[];
  waitFor(pattern: RegExp): Promise<SeenRequest>;
  stop(): Promise<void>;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  body: string;
  readonly user: { readonly login: string; readonly type: 'Bot' | 'Mannequin' | 'User' };
  readonly author_association: string;
}

export interface GitHubOptions {
  /** The faults of the connection. */
  readonly rules?: FaultRule[];
  /** The path of the API on its host: empty at github.com, `/api/v3` on a GitHub Enterprise Server. */
  readonly prefix?: string;
  /** Holds the answers to matching requests (`METHOD /path`) until `count` of them have been handled. */
  readonly together?: { readonly on: RegExp; readonly count: number };
}

/** The only token that is accepted. */
export const TOKEN = 'ghs_0123456789abcdefABCDEF0123456789abcd';

/** GitHub refuses longer bodies. */
const LONGEST_BODY = 65_536;

const BOT = { user: { login: 'github-actions[bot]', type: 'Bot' }, author_association: 'NONE' } as const;

export async function startGitHub({
  rules = [],
  prefix = '',
  together,
}: GitHubOptions = {}): Promise<GitHub> {
  const comments: Comment[] = [];
  const held: (() => void)[] = [];
  let publicUrl = '';
  let left = together?.count ?? 0;

  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`;
    const body = await readText(request);
    const answer = respond({ comments, line, body, request, publicUrl, prefix });
    const send = (): void => write(response, answer);
    if (together?.on.test(line) !== true || left === 0) {
      return send();
    }
    held.push(send);
    left -= 1;
    if (left === 0) {
      for (const release of held.splice(0)) {
        release();
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy = await startFaultProxy({ target: `http://127.0.0.1:${port}`, rules });
  publicUrl = proxy.url;
  return {
    url: `${proxy.url}${prefix}`,
    requests: proxy.requests,
    comments,
    waitFor: (pattern) => proxy.waitFor(pattern),
    async stop() {
      await proxy.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A refusal in GitHub's format. */
export function refusal(
  status: number,
  message: string,
  options: { headers?: OutgoingHttpHeaders; docs?: string } = {},
): Fault {
  const { headers = {}, docs = 'https://docs.github.com/rest/issues/comments' } = options;
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify({ message, documentation_url: docs, status: String(status) }),
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: unknown;
}

interface Exchange {
  readonly comments: Comment[];
  readonly line: string;
  readonly body: string;
  readonly request: IncomingMessage;
  readonly publicUrl: string;
  readonly prefix: string;
}

function respond(exchange: Exchange): Answer {
  const { line, request, prefix } = exchange;
  if (request.headers.authorization !== `token ${TOKEN}`) {
    return problem(401, 'Bad credentials');
  }
  const [method = '', target = ''] = line.split(' ');
  if (!target.startsWith(prefix)) {
    return problem(404, 'Not Found');
  }
  const { pathname, searchParams } = new URL(target.slice(prefix.length), 'http://github.test');
  const issue = /^\/repos\/octo-org\/shop\/issues\/(\d+)\/comments$/.exec(pathname)?.[1];
  if (issue !== undefined && method === 'GET') {
    return listComments(exchange, Number(issue), searchParams);
  }
  if (issue !== undefined && method === 'POST') {
    return createComment(exchange, Number(issue));
  }
  const comment = /^\/repos\/octo-org\/shop\/issues\/comments\/(\d+)$/.exec(pathname)?.[1];
  if (comment !== undefined) {
    return changeComment(exchange, { method, id: Number(comment) });
  }
  const commit = /^\/repos\/octo-org\/shop\/commits\/(\w+)$/.exec(pathname)?.[1];
  if (commit !== undefined) {
    return { status: 200, body: { sha: commit, commit: { message: 'Recorded' } } };
  }
  return problem(404, 'Not Found');
}

/** Thirty per page by default, a hundred at most, with the other pages in `Link`. */
function listComments(
  { comments, line, publicUrl }: Exchange,
  issue: number,
  query: URLSearchParams,
): Answer {
  const found = comments.filter((comment) => comment.issue === issue);
  const size = Math.min(100, Number(query.get('per_page') ?? 30));
  const page = Number(query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(found.length / size));
  const linkTo = (number: number, rel: string): string => {
    const url = new URL(line.split(' ')[1] ?? '', publicUrl);
    url.searchParams.set('page', String(number));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [linkTo(page - 1, 'prev')] : []),
    ...(page < last ? [linkTo(page + 1, 'next'), linkTo(last, 'last')] : []),
    ...(page > 1 ? [linkTo(1, 'first')] : []),
  ];
  const headers: OutgoingHttpHeaders = links.length === 0 ? {} : { link: links.join(', ') };
  return { status: 200, headers, body: found.slice((page - 1) * size, page * size) };
}

function createComment({ comments, body }: Exchange, issue: number): Answer {
  const text = readBody(body);
  if (text === undefined) {
    return problem(422, 'Validation Failed');
  }
  const comment = { id: 1001 + comments.length, issue, body: text, ...BOT };
  comments.push(comment);
  return { status: 201, body: comment };
}

function changeComment({ comments, body }: Exchange, { method, id }: { method: string; id: number }): Answer {
  const index = comments.findIndex((comment) => comment.id === id);
  const comment = comments[index];
  if (comment === undefined) {
    return problem(404, 'Not Found');
  }
  if (method === 'DELETE') {
    comments.splice(index, 1);
    return { status: 204 };
  }
  const text = readBody(body);
  if (method !== 'PATCH' || text === undefined) {
    return problem(422, 'Validation Failed');
  }
  comment.body = text;
  return { status: 200, body: comment };
}

function readBody(json: string): string | undefined {
  const { body }: { body?: unknown } = JSON.parse(json);
  return typeof body === 'string' && body !== '' && body.length <= LONGEST_BODY ? body : undefined;
}

function problem(status: number, message: string): Answer {
  return {
    status,
    body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  };
}

function write(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...type, ...headers }).end(body === undefined ? '' : JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
