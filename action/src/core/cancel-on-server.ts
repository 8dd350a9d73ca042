import type { CheckView } from '../client/answers.ts';
import { type ApiConnection, cancelCheck, readCheck } from '../client/api-client.ts';
import { withRetries } from '../client/retry.ts';
import { EndUnknownError, RequestError } from '../lib/errors.ts';
import type { Report } from './contracts.ts';

/** The runner kills the step 10 seconds after its first signal, and a trigger in progress may have used 2 of them. */
const LONGEST_MS = 7000;

/** No try starts after this time. */
const BUDGET_MS = 4500;
const REQUEST_TIMEOUT_MS = 2500;

export interface CancelOptions {
  readonly connection: ApiConnection;
  readonly checkId: string;
  readonly report: Pick<Report, 'retrying'>;
}

/**
 * Cancels the check on the server. Returns a check that has ended in the meantime as it ended; throws an
 * EndUnknownError if that cannot be read.
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
    // If the server asks for a longer pause, tries once more at the end: later is too late.
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
    // According to the server the check is still running, so it was not cancelled: report the refusal.
    if (check.conclusion === null) {
      throw error;
    }
    return check;
  }
}
