import type { CheckView, EndedCheck } from '../client/answers.ts';
import { type ApiConnection, readCheck } from '../client/api-client.ts';
import { pause, withRetries } from '../client/retry.ts';
import { GaveUpError, type RequestError, WaitTimeoutError } from '../lib/errors.ts';
import { formatDuration } from '../lib/text.ts';
import type { Report } from './contracts.ts';

/** Many proxies end a request that says nothing for 30 seconds. */
const LONGEST_HOLD_SECONDS = 25;

/** How much longer than it was asked to hold its answer the server may take. */
const ANSWER_TIME_MS = 10_000;

/** The same, once the time is nearly over: a server that never answers must not prolong it much. */
const LAST_ANSWER_TIME_MS = 2000;

/** Between answers that came too early: something between has not let the server hold them. */
const SHORTEST_INTERVAL_MS = 500;

/**
 * Between answers with news: short at first, so that a quick check is not waited for, and longer with each, so
 * that a long one is not asked after all the time. The last still leaves the step to end within a second.
 */
const INTERVAL_GROWTH_MS = 20;
const LONGEST_INTERVAL_MS = 750;

/** The revision of a check that was just made: the first answer is the first change. */
const FIRST_REVISION = 1;

export interface WaitOptions {
  readonly connection: ApiConnection;
  readonly checkId: string;
  /** The moment, as of performance.now, at which `timeoutMs` is over. */
  readonly deadline: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly report: Pick<Report, 'retrying'>;
  /** Told of every check that was read and has not ended. */
  readonly onProgress: (check: CheckView) => void;
}

/** Waits until the check has ended. Nothing but that, a refusal, the deadline or the signal ends the wait. */
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
      // The server may ask for a pause that is longer than the time: the check may have ended by then.
      isPatient: true,
      signal,
      // One bad answer says nothing of the check, which goes on whether or not it can be read.
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
 * The way to the server was open for the trigger, so that only what the server itself refuses is for good, and a
 * key that is refused, whoever says so. What stands before the server may refuse a request and not the next.
 */
function isForGood({ status, isFromApi }: RequestError): boolean {
  return status >= 400 && status < 500 && (isFromApi || status === 401);
}

function createTimeoutError(options: WaitOptions, cause?: GaveUpError): WaitTimeoutError {
  const why = cause === undefined ? '' : ` ${cause.message}`;
  return new WaitTimeoutError(
    `The wait for the check timed out: it had not ended after ${formatDuration(options.timeoutMs)} (${options.connection.words.timeout}), so its result is not known.${why}`,
    { cause },
  );
}
