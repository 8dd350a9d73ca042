import { setTimeout as sleep } from 'node:timers/promises';
import { GaveUpError, RequestError } from './errors.ts';
import { formatDuration } from './text.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface RetryOptions {
  /** The moment (as of Date.now) after which nothing is tried any more. */
  readonly deadline: number;
  /** Ends a pause at once. */
  readonly signal: AbortSignal;
  /** Whether a failure is worth another try. */
  readonly isRetryable: (error: RequestError) => boolean;
  /** Told before each pause. */
  readonly onRetry: (error: RequestError, pauseMs: number) => void;
}

/** Runs `attempt` until it succeeds, fails for good, or the time is over; then throws a GaveUpError. */
export function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  return tryFrom({ tries: 1, startedAt: Date.now() }, attempt, options);
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
    if (!(error instanceof RequestError) || !options.isRetryable(error)) throw error;
    options.signal.throwIfAborted();
    const pauseMs = choosePause(error, tries);
    if (Date.now() + pauseMs > options.deadline) throw createGaveUpError(error, { tries, startedAt });
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
  if (error.retryAfterMs === undefined) return jittered;
  return error.retryAfterMs + Math.min(jittered, FIRST_PAUSE_MS);
}

function createGaveUpError(error: RequestError, done: Tries): GaveUpError {
  const told =
    error.retryAfterMs === undefined
      ? ''
      : ` The server asks to wait ${formatDuration(error.retryAfterMs)}, which is longer than the time that is left.`;
  const time = formatDuration(Date.now() - done.startedAt);
  const tries = done.tries === 1 ? 'one try' : `${done.tries} tries`;
  return new GaveUpError(error.title, `${error.message}${told} Gave up after ${tries} in ${time}.`, {
    cause: error,
  });
}

/** A Retry-After header, in seconds or as an HTTP date, as milliseconds from now. */
export function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
