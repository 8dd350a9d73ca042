import type { CheckView } from './answers.ts';
import { type ApiConnection, cancelCheck, readCheck } from './api-client.ts';
import { RequestError } from './errors.ts';
import type { Report } from './report.ts';
import { withRetries } from './retry.ts';

/** The runner kills the step 10 seconds after its first signal. */
const BUDGET_MS = 6000;
const REQUEST_TIMEOUT_MS = 2500;

export interface CancelOptions {
  readonly connection: ApiConnection;
  readonly checkId: string;
  readonly report: Pick<Report, 'retrying'>;
}

/** Cancels the check on the server. A check that has ended in the meantime is returned as it ended. */
export async function cancelOnServer({ connection, checkId, report }: CancelOptions): Promise<CheckView> {
  const bounds = { timeoutMs: REQUEST_TIMEOUT_MS, signal: new AbortController().signal };
  try {
    return await withRetries(() => cancelCheck(connection, { checkId, ...bounds }), {
      deadline: performance.now() + BUDGET_MS,
      signal: bounds.signal,
      isRetryable: (error) => error.retryable || error.status >= 500,
      onRetry: report.retrying,
    });
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 409) throw error;
    return await readCheck(connection, { checkId, waitSeconds: 0, ...bounds });
  }
}
