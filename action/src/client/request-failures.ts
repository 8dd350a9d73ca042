import { STATUS_CODES } from 'node:http';
import { RequestError } from '../lib/errors.ts';
import { HOSTED_SERVICE_URL } from '../lib/hosted-service.ts';
import { parseJson, textAt } from '../lib/json.ts';
import { formatDuration, toLogText } from '../lib/text.ts';
import type { Words } from '../lib/words.ts';
import { type Problem, parseProblem } from './answers.ts';
import {
  asksForCertificate,
  CLIENT_CERTIFICATE_TITLE,
  codeOf,
  explainClientCertificate,
  findConnectionProblem,
} from './connection-problems.ts';
import { type HttpAnswer, HttpTimeoutError } from './http.ts';
import { parseRetryAfter } from './retry.ts';

/** What was asked of the server, for the message that says it failed. */
export interface FailureContext {
  /** The start of the message, for example `The check was not triggered`. */
  readonly outcome: string;
  /** Whether it was a trigger: only a trigger has a body that may be wrong. */
  readonly isTrigger: boolean;
  readonly serverUrl: string;
  readonly timeoutMs: number;
  readonly words: Words;
  /** The address of the proxy that these requests use, if one is set. */
  readonly proxy: string | undefined;
}

/**
 * The statuses that may go away by themselves. Those from 520 on mean that Cloudflare could not reach the server. Any
 * other refusal is final.
 */
const RETRYABLE_STATUSES: readonly number[] = [408, 429, 502, 503, 504, 520, 521, 522, 523, 524, 530];

const ADVICE: Readonly<Record<number, (words: Words) => string>> = {
  401: ({ keySource }) =>
    `The key has the right form, so it was replaced or removed, or it belongs to another server: put the app's current key into ${keySource}, or have an admin generate a new one on the app's page.`,
  403: ({ key }) =>
    `The server does not allow this for the key. Check that ${key} is the key of this app, and that no firewall blocks the request.`,
  404: ({ app, server }) =>
    `Check ${app} (the UUID or the alias of the app) and ${server}: a key gives access to its own app only.`,
  407: explainProxySignIn,
  429: () => 'Too many requests with this key: run fewer jobs at once.',
  500: ({ again }) => `This is a fault of the server. Report the request id to its operator, and ${again}.`,
};

/** Further refusals that only a trigger gets. */
const TRIGGER_ADVICE: typeof ADVICE = {
  400: ({ inputs, appUrl }) => `Correct ${inputs} (\`app_url\` is ${appUrl}).`,
  409: ({ again }) => `Another trigger has used the same idempotency key: ${again}, which creates a new key.`,
  413: ({ message, title }) => `The trigger is too large: shorten ${message} and ${title}.`,
};

/** Other 3xx statuses have no target. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

const TITLES: Readonly<Record<number, string>> = {
  401: 'the key was refused',
  403: 'not allowed',
  404: 'no such app for this key',
  407: 'the proxy asks for a sign-in',
  429: 'too many requests',
};

/** Creates the error for an answer that did not come, or not completely. */
export function createUnreachableError(error: unknown, context: FailureContext): RequestError {
  if (codeOf(error) === 'ERR_PROXY_TUNNEL') {
    return createTunnelError(error, context);
  }
  const { title, cause, advice, ...retries } = findConnectionProblem(error, context.words);
  const why =
    error instanceof HttpTimeoutError ? `no answer within ${formatDuration(context.timeoutMs)}` : cause;
  const proxy =
    context.proxy === undefined
      ? ''
      : ` Requests to it go through the proxy ${context.proxy}, unless NO_PROXY names the server: check that, too.`;
  const message = `${context.outcome}: ${context.serverUrl} could not be reached (${why}). ${advice}${proxy}`;
  return new RequestError(message, { title, ...retries, cause: error });
}

/** Creates the error for a proxy that did not open a tunnel to an https server. A refusal of the proxy is final. */
function createTunnelError(error: unknown, context: FailureContext): RequestError {
  const { outcome, serverUrl, proxy, words } = context;
  const { statusCode }: { statusCode?: unknown } = Object(error);
  const status = Number(statusCode) || 0;
  const what = status === 0 ? 'gave no valid answer' : `answered ${nameStatus(status)}`;
  const isRefusal = status >= 400 && status < 500 && !RETRYABLE_STATUSES.includes(status);
  const advice = isRefusal
    ? `Ask the proxy's operator to allow the server, or add the server to NO_PROXY if this ${words.machine} reaches it without a proxy.`
    : `Check that the proxy reaches the server, or add the server to NO_PROXY if this ${words.machine} reaches it without a proxy.`;
  const message = `${outcome}: ${serverUrl} could not be reached: the proxy ${proxy} ${what}. ${status === 407 ? explainProxySignIn(words) : advice}`;
  return new RequestError(message, {
    title: (status === 407 ? TITLES[407] : undefined) ?? 'the proxy did not let it through',
    retryable: !isRefusal,
    cause: error,
  });
}

function explainProxySignIn({ machine }: Words): string {
  return `A proxy between this ${machine} and the server asks for a user name and a password, or refuses the given ones. Put the right ones into its address in HTTPS_PROXY or HTTP_PROXY, as in http://user:password@proxy:3128.`;
}

/** Creates the error for an answer other than 2xx. */
export function createRefusalError(answer: HttpAnswer, context: FailureContext): RequestError {
  const { words } = context;
  const problem = parseProblem(parseJson(answer.body));
  const code = problem?.code === undefined ? '' : `, ${toLogText(problem.code, 100)}`;
  const wantsCertificate = problem === undefined && asksForCertificate(answer.body);
  const isProxys = answer.status === 407;
  const parts = [
    `${context.outcome}: ${context.serverUrl} answered ${nameStatus(answer.status)}${code}.`,
    describeProblem(problem),
    wantsCertificate ? explainMissingCertificate(words) : advise(answer, context),
    problem === undefined && !isProxys && !wantsCertificate
      ? `The answer is not one of Qassandra's API: is ${words.server} right?`
      : undefined,
    describeRequestId(answer),
  ];
  return new RequestError(parts.filter((part) => part !== undefined).join(' '), {
    title: wantsCertificate ? CLIENT_CERTIFICATE_TITLE : chooseTitle(answer.status, context),
    retryable: RETRYABLE_STATUSES.includes(answer.status),
    status: answer.status,
    isFromApi: isApiProblem(answer, problem),
    retryAfterMs: parseRetryAfter(answer.headers),
  });
}

function explainMissingCertificate(words: Words): string {
  return `It asks for a client certificate. ${explainClientCertificate(words)}`;
}

/** Creates the error for a 2xx answer with unexpected content. Retryable: a proxy's page may go away. */
export function createUnreadableError(answer: HttpAnswer, context: FailureContext): RequestError {
  const isPage =
    /html/i.test(answer.headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(answer.body);
  const encoding = answer.headers['content-encoding'] ?? '';
  const what = isPage
    ? "with a web page, so the answer did not come from Qassandra's API"
    : encoding !== ''
      ? `with an encoded body (${toLogText(encoding, 100)}), although none was requested`
      : parseJson(answer.body) === undefined
        ? 'with a body that is not JSON'
        : `with JSON that this version of the ${context.words.program} does not understand`;
  const message = `${context.outcome}: ${context.serverUrl} answered ${answer.status} ${what}. Check ${context.words.server}, and whether a proxy or a sign-in page is in front of the server.`;
  return new RequestError([message, describeRequestId(answer)].filter(Boolean).join(' '), {
    title: isPage ? 'a web page answered' : 'the answer is not understood',
    retryable: true,
  });
}

function nameStatus(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}

/** Whether the problem comes from the API. A proxy may have changed the content type; other servers send codes too. */
function isApiProblem({ headers }: HttpAnswer, problem: Problem | undefined): boolean {
  if (problem === undefined) {
    return false;
  }
  const isTyped = /^application\/problem\+json\b/i.test(headers['content-type'] ?? '');
  return isTyped || (/^[a-z]+(_[a-z]+)+$/.test(problem.code ?? '') && problem.detail !== undefined);
}

function chooseTitle(status: number, { isTrigger }: FailureContext): string {
  if (status === 400 && isTrigger) {
    return 'the trigger is not valid';
  }
  if (REDIRECTS.includes(status)) {
    return 'the server redirects';
  }
  return TITLES[status] ?? (status >= 500 ? 'the server failed' : 'the request was refused');
}

function advise(answer: HttpAnswer, context: FailureContext): string | undefined {
  const { status } = answer;
  if (REDIRECTS.includes(status)) {
    return describeRedirect(answer, context);
  }
  if (status === 401 && context.serverUrl === HOSTED_SERVICE_URL) {
    return explainUnknownKey(context.words);
  }
  const advice = ADVICE[status] ?? (context.isTrigger ? TRIGGER_ADVICE[status] : undefined);
  return advice?.(context.words);
}

/** A key of somebody's own server is as unknown to the hosted service as a key that was replaced. */
function explainUnknownKey({ server, keySource }: Words): string {
  return `This key is unknown at ${HOSTED_SERVICE_URL}. Running your own server? Set ${server} to its address. Otherwise put the app's current key into ${keySource}, or have an admin generate a new one on the app's page.`;
}

function describeProblem(problem: Problem | undefined): string | undefined {
  if (problem === undefined) {
    return undefined;
  }
  const { detail, errors } = problem;
  // The detail may already contain the errors.
  const texts = [detail, ...errors.filter((error) => !detail?.includes(error))];
  return texts
    .filter((text) => text !== undefined)
    .map((text) => toLogText(text).replace(/([^.!?])$/, '$1.'))
    .join(' ');
}

function describeRedirect(answer: HttpAnswer, { words }: FailureContext): string {
  const location = URL.parse(answer.headers.location ?? '');
  const isHttp = location !== null && /^https?:$/.test(location.protocol);
  const target = isHttp ? toLogText(location.origin, 300) : 'another address';
  return `It redirects to ${target}. The key is not sent there. Set ${words.server} to the final address.`;
}

function describeRequestId(answer: HttpAnswer): string | undefined {
  const id = readRequestId(answer);
  return id === undefined ? undefined : `Request id: ${id}.`;
}

/** Returns the id of the request in the server's log. */
export function readRequestId(answer: HttpAnswer): string | undefined {
  const id = answer.headers['x-request-id']?.toString() ?? textAt(parseJson(answer.body), 'request_id');
  return id && toLogText(id, 200);
}
