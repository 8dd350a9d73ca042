import type { CheckView, EndedCheck } from '../client/answers.ts';
import { type ApiConnection, listChecks, readApp } from '../client/api-client.ts';
import { valueAt } from '../lib/json.ts';
import type { Comparison } from './contracts.ts';

/** Nothing of the gate depends on it, so both requests together are not waited for longer than this. */
const TIMEOUT_MS = 3000;

/** This check itself, and others that were triggered at the same time, may be the newest. */
const CANDIDATES = 5;

export interface CompareOptions {
  readonly connection: ApiConnection;
  readonly check: EndedCheck;
  readonly signal: AbortSignal;
}

/**
 * Looks the last finished check of the main branch up and compares. `undefined` where there is none, or the
 * check has no flows to compare. Rejects where the server does not say.
 */
export async function compareWithMain({
  connection,
  check,
  signal,
}: CompareOptions): Promise<Comparison | undefined> {
  if (check.status !== 'finished') {
    return undefined;
  }
  const deadline = performance.now() + TIMEOUT_MS;
  const bound = () => ({ timeoutMs: deadline - performance.now(), signal });
  const { main_branch: branch } = await readApp(connection, bound());
  const checks = await listChecks(connection, { ...bound(), branch, status: 'finished', limit: CANDIDATES });
  const before = checks.find(
    (other) =>
      other.id !== check.id &&
      Date.parse(other.created_at) <= Date.parse(check.created_at) &&
      !isOfPullRequest(other),
  );
  return before && compare(check, before, branch);
}

function compare(check: CheckView, before: CheckView, branch: string): Comparison {
  const failedThen = listNames(before, 'failed');
  const passedNow = listNames(check, 'passed');
  return {
    branch,
    url: before.url,
    newlyFailed: new Set([...listNames(check, 'failed')].filter((name) => !failedThen.has(name))),
    fixed: [...failedThen].filter((name) => passedNow.has(name)),
  };
}

/** A fork's branch may have the name of the main branch, and what it breaks is not broken there. */
function isOfPullRequest({ document }: CheckView): boolean {
  return valueAt(document, 'metadata', 'pull_request_id') !== undefined;
}

function listNames({ flows }: CheckView, status: 'passed' | 'failed'): Set<string> {
  return new Set(flows.filter((flow) => flow.status === status).map(({ name }) => name));
}
