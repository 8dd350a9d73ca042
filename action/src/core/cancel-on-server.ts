import type { CheckView } from '../client/answers.ts';
import { type ApiConnection, cancelCheck, readCheck } from '../client/api-client.ts';
import { withRetries } from '../client/retry.ts';
import { EndUnknownError, RequestError } from '../lib/errors.ts';
import type { Report } from './contracts.ts';

/** The runner kills the step 10 seconds after its first signal, and a trigger that is under way may have taken 2. */
const LONGEST_MS = 7000;

/** Within which a try may begin. */
const BUDGET_MS = 4500;
const REQUEST_TIMEOUT_MS = 2500;

export interface CancelOptions {
  readonly connection: ApiConnection;
  readonly checkId: string;
  readonly report: Pick<Report, 'retrying'>;
}

/**
 * Cancels the check on the server. A check that has ended in the meantime is returned as it ended; throws an
 * EndUnknownError where that cannot be read.
 */
export async function cancelOnServer({ connection, checkId, report }: CancelOptions): Promise<CheckView> {
  const startedAt = performance.now();
  const { signal } = new AbortController();
  const bound = () => {
    const leftMs = startedAt + LONGEST_MS - performance.now();
    return { timeoutMs: Math.max(0, Math.min(REQUEST_TIMEOUT_MS, leftMs)), signal };
  };
  const retries = {
    deadline: startedAt + BUDGET_MS,
    // A server that asks for a longer pause is asked once more at the end: there is no later.
    isPatient: true,
    signal,
    isRetryable: (error: RequestError) => error.retryable || error.status >= 500,
    onRetry: report.retrying,
  };
  try {
    return await withRetries(() => cancelCheck(connection, { checkId, ...bound() }), retries);
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 409) {
      throw error;
    }
    const read = () => readCheck(connection, { checkId, waitSeconds: 0, ...bound() });
    const check = await withRetries(read, retries).catch((reason: unknown) => {
      throw new EndUnknownError(reason);
    });
    // The reader says that it goes on, so it was not cancelled: what is told is the refusal.
    if (check.conclusion === null) {
      throw error;
    }
    return check;
  }
}
