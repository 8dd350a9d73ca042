import type {
  Check,
  CheckStatus,
  Conclusion,
  Counts,
  FlowResult,
  Incomplete,
  Comparison as ServerComparison,
  TriggerAnswer,
} from '../../../server/features/checks/schema.ts';
import { CONCLUSIONS } from '../lib/conclusions.ts';
import { isRecord, textAt, valueAt } from '../lib/json.ts';

/**
 * Parses what the server answered, unknown → typed. By hand: a validation library would cost more of the start than
 * everything else. Checks only what the action reads, so that a newer server may send more.
 */

export type CheckView = Pick<
  Check,
  | 'id'
  | 'status'
  | 'conclusion'
  | 'revision'
  | 'counts'
  | 'flows'
  | 'error'
  | 'created_at'
  | 'started_at'
  | 'finished_at'
  | 'url'
> & {
  /** `null` if the check looked at everything, or the server is older than this field. */
  readonly incomplete: IncompleteView | null;
  readonly warnings: readonly string[];
  /** Everything the server sent about the check, for the report file. */
  readonly document: unknown;
};

/** A newer server may have further reasons, so the type of the reason is open. */
export type IncompleteView = Pick<Incomplete, 'left' | 'message'> & { readonly reason: string };

/** A check that will not change any more. */
export type EndedCheck = CheckView & { readonly conclusion: Conclusion };

export type TriggerReceipt = Pick<
  TriggerAnswer,
  'check_id' | 'app_id' | 'app_name' | 'status' | 'check_url'
> & {
  readonly warnings: string[];
};

/** The parts of an RFC 9457 problem that messages are made of. */
export interface Problem {
  readonly code: string | undefined;
  readonly detail: string | undefined;
  readonly errors: string[];
}

const STATUSES = ['scheduled', 'running', 'finished', 'failed', 'cancelled'] as const satisfies CheckStatus[];
const FLOW_STATUSES = ['passed', 'failed', 'skipped'] as const satisfies FlowResult['status'][];

/**
 * Which conclusions go with a status. A contradiction between them is no result: a gate must not pass on it. Whether
 * failed flows make a check fail is for the server to decide.
 */
const CONCLUSIONS_OF: Readonly<Record<CheckStatus, readonly (Conclusion | null)[]>> = {
  scheduled: [null],
  running: [null],
  finished: ['success', 'failure'],
  failed: ['error'],
  cancelled: ['cancelled'],
};
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Parses the answer to a trigger; returns undefined if it is not one. */
export function parseTriggerAnswer(body: unknown): TriggerReceipt | undefined {
  const check_id = parseId(valueAt(body, 'check_id'));
  const status = oneOf(STATUSES, valueAt(body, 'status'));
  const check_url = parseLink(valueAt(body, 'check_url'));
  if (check_id === undefined || status === undefined || check_url === undefined) {
    return undefined;
  }
  return {
    check_id,
    status,
    check_url,
    app_id: parseId(valueAt(body, 'app_id')) ?? '',
    app_name: textAt(body, 'app_name') ?? '',
    warnings: parseTexts(valueAt(body, 'warnings')),
  };
}

/** Parses the check with that id; returns undefined if it is another one: a cache may answer with another check. */
export function parseCheckOf(checkId: string, body: unknown): CheckView | undefined {
  const check = parseCheck(body);
  return check?.id.toLowerCase() === checkId.toLowerCase() ? check : undefined;
}

/** Parses a check; returns undefined if it is not one, or contradicts itself about whether and how it ended. */
function parseCheck(body: unknown): CheckView | undefined {
  const id = parseId(valueAt(body, 'id'));
  const status = oneOf(STATUSES, valueAt(body, 'status'));
  const conclusion = parseConclusion(valueAt(body, 'conclusion'));
  const url = parseLink(valueAt(body, 'url'));
  const counts = parseCounts(valueAt(body, 'counts'));
  const flows = parseFlows(valueAt(body, 'flows'));
  const revision = valueAt(body, 'revision');
  if (id === undefined || status === undefined || conclusion === undefined) {
    return undefined;
  }
  if (url === undefined || counts === undefined || flows === undefined) {
    return undefined;
  }
  if (!CONCLUSIONS_OF[status].includes(conclusion)) {
    return undefined;
  }
  return {
    id,
    status,
    conclusion,
    // Without a revision, each answer counts as the same news: the wait still ends with the check.
    revision: isCount(revision) ? revision : 0,
    url,
    counts,
    flows,
    error: textAt(body, 'error') ?? null,
    incomplete: parseIncomplete(valueAt(body, 'incomplete')),
    warnings: parseTexts(valueAt(body, 'warnings')),
    created_at: textAt(body, 'created_at') ?? '',
    started_at: textAt(body, 'started_at') ?? null,
    finished_at: textAt(body, 'finished_at') ?? null,
    document: body,
  };
}

/** The part of a comparison that the action needs: it compares what it has read of the check itself. */
export interface BaseView {
  readonly branch: string;
  /** `null` where no check of the branch came before. */
  readonly base: Pick<NonNullable<ServerComparison['base']>, 'url' | 'failures'> | null;
}

/** Parses the base of a comparison; returns undefined if it is not one. */
export function parseBase(body: unknown): BaseView | undefined {
  const branch = textAt(body, 'branch');
  const base = valueAt(body, 'base');
  if (branch === undefined || base === undefined) {
    return undefined;
  }
  if (base === null) {
    return { branch, base };
  }
  const url = parseLink(valueAt(base, 'url'));
  const failures = valueAt(base, 'failures');
  if (url === undefined || !Array.isArray(failures)) {
    return undefined;
  }
  const named = failures.map((flow) => ({
    name: textAt(flow, 'name') ?? '(without a name)',
    cause: textAt(flow, 'cause') ?? null,
  }));
  return { branch, base: { url, failures: named } };
}

/** Parses a refusal; returns undefined if it is not a problem as the API writes them. */
export function parseProblem(body: unknown): Problem | undefined {
  const code = textAt(body, 'code');
  const detail = textAt(body, 'detail');
  if (code === undefined && detail === undefined) {
    return undefined;
  }
  const errors = listOf(valueAt(body, 'errors')).map(
    (error) => `${formatPath(valueAt(error, 'path'))}: ${textAt(error, 'message') ?? 'not accepted'}`,
  );
  return { code, detail, errors };
}

function formatPath(path: unknown): string {
  const parts: unknown[] = Array.isArray(path) ? path : [path];
  const known = parts.filter((part) => typeof part === 'string' || typeof part === 'number');
  return known.join('.') || 'body';
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseId(value: unknown): string | undefined {
  return typeof value === 'string' && UUID.test(value) ? value : undefined;
}

/**
 * Returns a link as the URL parser writes it, without the line breaks that the parser ignores. Escapes what a CI would
 * run as a command: see toLogText.
 */
function parseLink(value: unknown): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol)
    ? url.href.replace(/##(\w*)\[/g, '##$1%5B')
    : undefined;
}

function parseTexts(value: unknown): string[] {
  return listOf(value).filter((text) => typeof text === 'string');
}

/** Anything but null or nothing counts: a check of which the server says this in a new form is no less incomplete. */
function parseIncomplete(value: unknown): IncompleteView | null {
  if (value === undefined || value === null) {
    return null;
  }
  const left = valueAt(value, 'left');
  return {
    reason: textAt(value, 'reason') ?? 'unknown',
    left: isCount(left) ? left : 0,
    message: textAt(value, 'message') ?? 'The server gives no reason.',
  };
}

function parseConclusion(value: unknown): Conclusion | null | undefined {
  return value === null ? null : oneOf(CONCLUSIONS, value);
}

function parseCounts(value: unknown): Counts | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { total, passed, failed, skipped } = value;
  if (!isCount(total) || !isCount(passed) || !isCount(failed) || !isCount(skipped)) {
    return undefined;
  }
  return { total, passed, failed, skipped };
}

function parseFlows(value: unknown): FlowResult[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  const flows = value.map(parseFlow).filter((flow) => flow !== undefined);
  return flows.length === value.length ? flows : undefined;
}

function parseFlow(value: unknown): FlowResult | undefined {
  const name = valueAt(value, 'name');
  const status = oneOf(FLOW_STATUSES, valueAt(value, 'status'));
  if (typeof name !== 'string' || status === undefined) {
    return undefined;
  }
  const duration_ms = valueAt(value, 'duration_ms');
  return {
    name: name || '(without a name)',
    status,
    duration_ms: isCount(duration_ms) ? duration_ms : 0,
    error: textAt(value, 'error') ?? null,
    // A server that is older than causes sends none.
    cause: textAt(value, 'cause') ?? null,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((candidate) => candidate === value);
}
