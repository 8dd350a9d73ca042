import { compareFlows } from '../../../server/features/checks/comparison/compare-flows.ts';
import type { EndedCheck } from '../client/answers.ts';
import { type ApiConnection, readBase } from '../client/api-client.ts';
import type { Comparison } from './contracts.ts';

/** The gate does not depend on the comparison, so its request gets no more time than this. */
const TIMEOUT_MS = 3000;

export interface CompareOptions {
  readonly connection: ApiConnection;
  readonly check: EndedCheck;
  readonly signal: AbortSignal;
}

/**
 * Compares with the last finished check of the main branch, which the server finds. Returns `undefined` if there is
 * none, or if the check has no flows to compare. Rejects if the server does not answer.
 */
export async function compareWithMain({
  connection,
  check,
  signal,
}: CompareOptions): Promise<Comparison | undefined> {
  if (check.status !== 'finished') {
    return undefined;
  }
  const { branch, base } = await readBase(connection, {
    checkId: check.id,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  return base === null ? undefined : { branch, url: base.url, ...compareFlows(check.flows, base.failures) };
}
