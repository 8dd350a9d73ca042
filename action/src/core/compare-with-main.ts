import type { CheckView, EndedCheck } from '../client/answers.ts';
import { type ApiConnection, listChecks, readApp } from '../client/api-client.ts';
import { valueAt } from '../lib/json.ts';
import type { Comparison } from './contracts.ts';

/** The gate does not depend on the comparison, so both requests together get no more time than this. */
const TIMEOUT_MS = 3000;

/** The newest checks may be this one, and others that were triggered at the same time. */
const CANDIDATES = 5;

export interface CompareOptions {
  readonly connection: ApiConnection;
  readonly check: EndedCheck;
  readonly signal: AbortSignal;
}

/**
 * Finds the last finished check of the main branch and compares. Returns `undefined` if there is none, or if the check
 * has no flows to compare. Rejects if the server does not answer.
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

/** A fork's branch may be named like the main branch, and a failure there is not one of the main branch. */
function isOfPullRequest({ document }: CheckView): boolean {
  return valueAt(document, 'metadata', 'pull_request_id') !== undefined;
}

function listNames({ flows }: CheckView, status: 'passed' | 'failed'): Set<string> {
  return new Set(flows.filter((flow) => flow.status === status).map(({ name }) => name));
}
