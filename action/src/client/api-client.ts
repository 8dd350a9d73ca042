import type { Agent } from 'node:http';
import { API_KEY_PREFIX } from '../../../server/auth/keys/api-key-form.ts';
import type { Metadata } from '../../../server/features/checks/schema.ts';
import { parseJson } from '../lib/json.ts';
import { VERSION } from '../lib/version.ts';
import type { Words } from '../lib/words.ts';
import {
  type BaseView,
  type CheckView,
  parseBase,
  parseCheckOf,
  parseTriggerAnswer,
  type TriggerReceipt,
} from './answers.ts';
import { type HttpAnswer, sendRequest } from './http.ts';
import {
  createRefusalError,
  createUnreachableError,
  createUnreadableError,
  type FailureContext,
  readRequestId,
} from './request-failures.ts';

/** A finished request, for the debug log. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly outcome: string;
  readonly requestId: string | undefined;
  readonly ms: number;
}

/** Formats an exchange as a line of the debug log. */
export function describeExchange({ method, path, outcome, requestId = 'none', ms }: Exchange): string {
  return `${method} ${path}: ${outcome} after ${ms} ms, request id ${requestId}`;
}

/** Where to send requests, with which key, and who hears about each exchange. */
export interface ApiConnection {
  /** Without a slash at the end. */
  readonly serverUrl: string;
  readonly appId: string;
  readonly apiKey: string;
  readonly agent: Agent;
  /** The address of the proxy, without its password; for messages. */
  readonly proxy: string | undefined;
  readonly onExchange: (exchange: Exchange) => void;
  /** The entry point's words, for messages. */
  readonly words: Words;
}

/** The limits of one request. Each function sends one request; `retry.ts` repeats it. */
export interface RequestBounds {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface TriggerOptions extends RequestBounds {
  readonly body: Metadata;
  readonly idempotencyKey: string;
}

/** `POST /api/apps/APP/trigger`: creates a check, or finds the one that the same idempotency key has created. */
export function triggerCheck(connection: ApiConnection, options: TriggerOptions): Promise<TriggerReceipt> {
  return callApi(connection, {
    ...options,
    method: 'POST',
    path: '/trigger',
    outcome: 'The check was not triggered',
    isTrigger: true,
    headers: { 'content-type': 'application/json', 'idempotency-key': options.idempotencyKey },
    body: JSON.stringify(options.body),
    parse: parseTriggerAnswer,
  });
}

export interface ReadOptions extends RequestBounds {
  readonly checkId: string;
  /** How long the server may hold its answer while the check has not ended. */
  readonly waitSeconds: number;
  /** The last known revision: the server answers at once if there is a newer one. */
  readonly after?: number | undefined;
}

/** `GET /api/apps/APP/checks/CHECK_ID?wait=SECONDS&after=REVISION`. */
export function readCheck(connection: ApiConnection, options: ReadOptions): Promise<CheckView> {
  return callApi(connection, {
    ...options,
    method: 'GET',
    path: `/checks/${options.checkId}?wait=${options.waitSeconds}${options.after === undefined ? '' : `&after=${options.after}`}`,
    outcome: "The check's result could not be read",
    headers: {},
    body: undefined,
    parse: (body) => parseCheckOf(options.checkId, body),
  });
}

/** `GET /api/apps/APP/checks/CHECK_ID/comparison`. */
export function readBase(
  connection: ApiConnection,
  options: RequestBounds & { readonly checkId: string },
): Promise<BaseView> {
  return callApi(connection, {
    ...options,
    method: 'GET',
    path: `/checks/${options.checkId}/comparison`,
    outcome: 'The last check of the main branch could not be read',
    headers: {},
    body: undefined,
    parse: parseBase,
  });
}

/** `POST /api/apps/APP/checks/CHECK_ID/cancel`. The server refuses to cancel an ended check with 409. */
export function cancelCheck(
  connection: ApiConnection,
  options: RequestBounds & { readonly checkId: string },
): Promise<CheckView> {
  return callApi(connection, {
    ...options,
    method: 'POST',
    path: `/checks/${options.checkId}/cancel`,
    outcome: 'The check was not cancelled',
    headers: {},
    body: undefined,
    parse: (body) => parseCheckOf(options.checkId, body),
  });
}

interface ApiCall<T> extends RequestBounds {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly outcome: string;
  readonly isTrigger?: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly parse: (body: unknown) => T | undefined;
}

async function callApi<T>(connection: ApiConnection, call: ApiCall<T>): Promise<T> {
  const { serverUrl, appId, proxy, words } = connection;
  const { outcome, isTrigger = false, timeoutMs } = call;
  const url = new URL(`${serverUrl}/api/apps/${appId}${call.path}`);
  const context: FailureContext = { outcome, isTrigger, serverUrl, timeoutMs, proxy, words };
  const answer = await exchange(connection, call, { url, context });
  if (answer.status < 200 || answer.status > 299) {
    throw createRefusalError(answer, context);
  }
  const parsed = call.parse(parseJson(answer.body));
  if (parsed === undefined) {
    throw createUnreadableError(answer, context);
  }
  return parsed;
}

async function exchange<T>(
  connection: ApiConnection,
  call: ApiCall<T>,
  { url, context }: { url: URL; context: FailureContext },
): Promise<HttpAnswer> {
  const startedAt = performance.now();
  const finish = (outcome: string, requestId?: string): void => {
    const ms = Math.round(performance.now() - startedAt);
    connection.onExchange({ method: call.method, path: url.pathname + url.search, outcome, requestId, ms });
  };
  try {
    const { agent } = connection;
    const sent = { ...call, url, agent, headers: createHeaders(connection, call) };
    const answer = redact(await sendRequest(sent), connection.apiKey);
    finish(String(answer.status), readRequestId(answer));
    return answer;
  } catch (error) {
    finish('no answer');
    call.signal.throwIfAborted();
    throw createUnreachableError(error, context);
  }
}

function createHeaders(connection: ApiConnection, call: ApiCall<unknown>): Record<string, string> {
  return {
    accept: 'application/json',
    // Without this header the server may answer in any encoding, and the action decodes none.
    'accept-encoding': 'identity',
    authorization: `Bearer ${connection.apiKey}`,
    'user-agent': `${connection.words.client}/${VERSION} (node ${process.versions.node})`,
    ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
    ...call.headers,
  };
}

/**
 * Removes the key from an answer: the server received the key and could send it back. The runner masks the key in the
 * log, but not in the summary or in files, so it is removed before anything reads the answer.
 */
function redact(answer: HttpAnswer, apiKey: string): HttpAnswer {
  const key = createKeyPattern(apiKey);
  const headers = Object.entries(answer.headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replace(key, '***') : value,
  ]);
  const body = unescapeWords(answer.body).replace(key, '***');
  return { ...answer, headers: Object.fromEntries(headers), body };
}

/**
 * Matches the key in either case, with or without its prefix. Ignores line breaks and tabs within it, raw or as JSON
 * escapes: URL parsers skip them, which would restore the key.
 */
function createKeyPattern(apiKey: string): RegExp {
  const gap = String.raw`(?:\\(?:[tnr]|u000[9ad])|[\t\n\r])*`;
  const prefix = apiKey.slice(0, API_KEY_PREFIX.length);
  const secret = apiKey.slice(API_KEY_PREFIX.length);
  return new RegExp(`(?:${[...prefix].join(gap)}${gap})?${[...secret].join(gap)}`, 'gi');
}

/** Decodes JSON escapes of letters, digits and `_`: JSON may write any character as an escape. */
function unescapeWords(json: string): string {
  if (!json.includes('\\u00')) {
    return json;
  }
  return json.replace(/\\(?:u00([3-7][\da-fA-F])|.)/g, (written, code: string | undefined) => {
    const character = String.fromCharCode(Number.parseInt(code ?? '0', 16));
    return /\w/.test(character) ? character : written;
  });
}
