import type { CheckView, EndedCheck } from '../client/answers.ts';
import { type ApiConnection, readCheck } from '../client/api-client.ts';
import { pause, withRetries } from '../client/retry.ts';
import { GaveUpError, type RequestError, WaitTimeoutError } from '../lib/errors.ts';
import { formatDuration } from '../lib/text.ts';
import type { Report } from './contracts.ts';

/** Many proxies end a request after 30 seconds without data. */
const LONGEST_HOLD_SECONDS = 25;

/** How much longer than requested the server may hold its answer. */
const ANSWER_TIME_MS = 10_000;

/** The same near the deadline: a server that never answers must not extend the wait much. */
const LAST_ANSWER_TIME_MS = 2000;

/** The pause after an answer that came too early: a proxy between did not let the server hold it. */
const SHORTEST_INTERVAL_MS = 500;

/**
 * The pause after an answer with news. It is short at first, so that a quick check is seen quickly, and grows with each
 * answer, so that a long check does not cause many requests. The longest still lets the step end within a second of the
 * check.
 */
const INTERVAL_GROWTH_MS = 20;
const LONGEST_INTERVAL_MS = 750;

/** The revision of a new check: the first answer is the first change. */
const FIRST_REVISION = 1;

export interface WaitOptions {
  readonly connection: ApiConnection;
  readonly checkId: string;
  /** The time of performance.now at which `timeoutMs` is over. */
  readonly deadline: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly report: Pick<Report, 'retrying'>;
  /** Called with every check that was read and has not ended. */
  readonly onProgress: (check: CheckView) => void;
}

/** Waits until the check has ended. Only the check's end, a refusal, the deadline or the signal end the wait. */
export async function waitForCheck(options: WaitOptions): Promise<EndedCheck> {
  let after = FIRST_REVISION;
  let askedAt = performance.now();
  let check = await readWithRetries(options, after);
  for (let news = 1; check.conclusion === null; news += 1) {
    options.onProgress(check);
    if (performance.now() >= options.deadline) {
      throw createTimeoutError(options);
    }
    const interval =
      check.revision > after
        ? Math.min(LONGEST_INTERVAL_MS, news * INTERVAL_GROWTH_MS)
        : SHORTEST_INTERVAL_MS;
    after = Math.max(after, check.revision);
    await pause(Math.max(0, askedAt + interval - performance.now()), options.signal);
    askedAt = performance.now();
    check = await readWithRetries(options, after);
  }
  return { ...check, conclusion: check.conclusion };
}

async function readWithRetries(options: WaitOptions, after: number): Promise<CheckView> {
  const { connection, checkId, deadline, signal, report } = options;
  const read = (): Promise<CheckView> => {
    const remainingMs = Math.max(0, deadline - performance.now());
    const waitSeconds = Math.min(LONGEST_HOLD_SECONDS, Math.ceil(remainingMs / 1000));
    const timeoutMs = Math.min(waitSeconds * 1000 + ANSWER_TIME_MS, remainingMs + LAST_ANSWER_TIME_MS);
    return readCheck(connection, { checkId, waitSeconds, after, timeoutMs, signal });
  };
  try {
    return await withRetries(read, {
      deadline,
      // The server may ask for a pause longer than the time left: the check may have ended by then.
      isPatient: true,
      signal,
      // One bad answer says nothing about the check, which continues whether or not it can be read.
      isRetryable: (error) => error.retryable || !isForGood(error),
      onRetry: report.retrying,
    });
  } catch (error) {
    if (error instanceof GaveUpError) {
      throw createTimeoutError(options, error);
    }
    throw error;
  }
}

/**
 * Whether a refusal is final. The trigger went through, so only a refusal by the server itself is final, and a 401 from
 * anywhere. A proxy or firewall may refuse one request and not the next.
 */
function isForGood({ status, isFromApi }: RequestError): boolean {
  return status >= 400 && status < 500 && (isFromApi || status === 401);
}

function createTimeoutError(options: WaitOptions, cause?: GaveUpError): WaitTimeoutError {
  const why = cause === undefined ? '' : ` ${cause.message}`;
  return new WaitTimeoutError(
    `The wait for the check timed out: it had not ended after ${formatDuration(options.timeoutMs)} (${options.connection.words.timeout}), so its result is unknown.${why}`,
    { cause },
  );
}
