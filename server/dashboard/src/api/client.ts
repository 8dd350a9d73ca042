import { chooseWords } from './problem-words.ts';

/** A refusal, as in the server's `application/problem+json`. Status 0 if no answer came. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** What is wrong with each field of the input, by the field's path. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(problem: {
    status: number;
    code: string;
    title: string;
    detail: string;
    request_id?: string;
    errors?: FieldError[];
  }) {
    const { title, detail } = chooseWords(problem.code, problem);
    super(detail);
    this.status = problem.status;
    this.code = problem.code;
    this.title = title;
    this.requestId = problem.request_id;
    this.fields = Object.fromEntries((problem.errors ?? []).map(({ path, message }) => [path, message]));
  }
}

interface FieldError {
  readonly path: string;
  readonly message: string;
}

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: object;
  readonly signal?: AbortSignal;
  /** Lets the server hold its answer for some seconds, until the check is newer than the revision `after`. */
  readonly wait?: { readonly seconds: number; readonly after: number };
}

const TIMEOUT_MS = 15_000;
const SESSION_OVER = new Set(['invalid_session', 'authentication_required']);

interface KeptAnswer {
  readonly etag: string;
  readonly answer: unknown;
}

/**
 * The last answers that have a tag, by path: the server sends only what has changed since. In memory, and not in the
 * browser's cache, which is on the disk and outlives the session.
 */
const keptAnswers = new Map<string, KeptAnswer>();
const MOST_KEPT = 50;

/** Fires when an answer says that the session has ended. */
const sessionEnds = new EventTarget();

export function onSessionEnd(listener: () => void): void {
  sessionEnds.addEventListener('end', listener);
}

/** Calls the server with the session's cookie. Rejects with a `Problem` for a person to read. */
export async function call<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  const { method = 'GET', body, signal, wait } = options;
  const timeout = AbortSignal.timeout(TIMEOUT_MS + (wait?.seconds ?? 0) * 1000);
  const kept = method === 'GET' ? keptAnswers.get(path) : undefined;
  let response: Response;
  let text: string;
  try {
    response = await fetch(wait ? `${path}?wait=${wait.seconds}&after=${wait.after}` : path, {
      method,
      ...(body && { body: JSON.stringify(body) }),
      headers: {
        ...(body && { 'Content-Type': 'application/json' }),
        ...(kept && { 'If-None-Match': kept.etag }),
      },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch {
    signal?.throwIfAborted();
    throw new Problem({
      status: 0,
      code: 'server_unreachable',
      title: 'The server does not answer',
      detail: 'Check your connection and try again. Checks that were triggered go on without this page.',
    });
  }
  if (kept && response.status === 304) {
    return kept.answer as Answer;
  }
  const answer = parseJson(text);
  keptAnswers.delete(path);
  if (response.ok) {
    keepAnswer(path, { etag: response.headers.get('ETag') ?? '', answer });
    return answer as Answer;
  }
  const problem = toProblem(response.status, answer);
  if (SESSION_OVER.has(problem.code)) {
    keptAnswers.clear();
    sessionEnds.dispatchEvent(new Event('end'));
  }
  throw problem;
}

function keepAnswer(path: string, kept: KeptAnswer): void {
  if (kept.etag === '') {
    return;
  }
  keptAnswers.set(path, kept);
  const [oldest] = keptAnswers.keys();
  if (keptAnswers.size > MOST_KEPT && oldest !== undefined) {
    keptAnswers.delete(oldest);
  }
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer without a code of ours comes from something in between, such as a proxy. */
function toProblem(status: number, answer: unknown): Problem {
  if (typeof answer === 'object' && answer !== null && 'code' in answer && 'detail' in answer) {
    return new Problem(answer as ConstructorParameters<typeof Problem>[0]);
  }
  return new Problem({
    status,
    code: 'unexpected_answer',
    title: 'The server cannot be reached',
    detail: `Something between this page and the server answered instead (with status ${status}). Try again in a moment.`,
  });
}

/** A thrown value as an error to show. */
export function toError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
