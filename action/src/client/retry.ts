import { setTimeout as sleep } from 'node:timers/promises';
import { GaveUpError, RequestError } from '../lib/errors.ts';
import { formatDuration } from '../lib/text.ts';
import type { HttpAnswer } from './http.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** As long as a job may last: a server that asks for more says no more. */
const LONGEST_RETRY_AFTER_MS = 5 * 24 * 60 * 60 * 1000;

export interface RetryOptions {
  /** The moment, as of performance.now (a clock that nobody sets), after which nothing is tried any more. */
  readonly deadline: number;
  /** Whether a pause that would outlast the deadline is cut short for one more try, instead of giving up. */
  readonly isPatient?: boolean;
  /** Ends a pause at once. */
  readonly signal: AbortSignal;
  /** Whether a failure is worth another try. */
  readonly isRetryable: (error: RequestError) => boolean;
  /** Told before each pause. */
  readonly onRetry: (error: RequestError, pauseMs: number) => void;
}

/** Runs `attempt` until it succeeds, fails for good, or the time is over; then throws a GaveUpError. */
export function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  return tryFrom({ tries: 1, startedAt: performance.now() }, attempt, options);
}

interface Tries {
  /** How many there are with the next. */
  readonly tries: number;
  readonly startedAt: number;
}

async function tryFrom<T>(
  { tries, startedAt }: Tries,
  attempt: () => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof RequestError) || !options.isRetryable(error)) {
      throw error;
    }
    options.signal.throwIfAborted();
    const leftMs = options.deadline - performance.now();
    const wantedMs = choosePause(error, tries);
    const pauseMs = options.isPatient === true ? Math.min(wantedMs, leftMs) : wantedMs;
    if (leftMs <= 0 || pauseMs > leftMs) {
      throw createGaveUpError(error, { tries, startedAt, leftMs });
    }
    options.onRetry(error, pauseMs);
    await pause(pauseMs, options.signal);
  }
  return await tryFrom({ tries: tries + 1, startedAt }, attempt, options);
}

/** Waits, and rejects with the signal's own reason (not Node's AbortError) when that is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Half of each pause is left to chance, so that many jobs that failed together do not come back together. */
function choosePause(error: RequestError, tries: number): number {
  const growing = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  const jittered = growing * (0.5 + Math.random() / 2);
  if (error.retryAfterMs === undefined) {
    return jittered;
  }
  return error.retryAfterMs + Math.min(jittered, FIRST_PAUSE_MS);
}

function createGaveUpError(error: RequestError, done: Tries & { leftMs: number }): GaveUpError {
  const told =
    error.retryAfterMs === undefined || error.retryAfterMs <= done.leftMs
      ? ''
      : ` The server asks to wait ${formatDuration(error.retryAfterMs)}, which is longer than the time that is left.`;
  const time = formatDuration(performance.now() - done.startedAt);
  const tries = done.tries === 1 ? 'one try' : `${done.tries} tries`;
  return new GaveUpError(error.title, `${error.message}${told} Gave up after ${tries} in ${time}.`, {
    cause: error,
  });
}

/**
 * What a Retry-After header asks for, in seconds or as an HTTP date, in milliseconds from now. The date is read by
 * the server's own clock. What is neither, or asks for no pause, says nothing: the pauses grow by themselves.
 */
export function parseRetryAfter({
  'retry-after': value = '',
  date = '',
}: HttpAnswer['headers']): number | undefined {
  const ms = /^\d+(\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : parseHttpDate(value) - (parseHttpDate(date) || Date.now());
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : undefined;
}

/** HTTP's three forms begin with the day of the week. What else `Date.parse` takes is a guess: `32.5` is of 2032. */
function parseHttpDate(text: string): number {
  return /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN;
}
