import { setTimeout as sleep } from 'node:timers/promises';
import { GaveUpError, RequestError } from '../lib/errors.ts';
import { formatDuration } from '../lib/text.ts';
import type { HttpAnswer } from './http.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** The longest that a job may run: a longer request to wait makes no difference. */
const LONGEST_RETRY_AFTER_MS = 5 * 24 * 60 * 60 * 1000;

export interface RetryOptions {
  /** No try starts after this time of performance.now, a clock that cannot be set. */
  readonly deadline: number;
  /**
   * Whether to try until the deadline, even if the error says that it will not go away so soon: a pause that would
   * outlast the deadline is shortened, for one more try.
   */
  readonly isPatient?: boolean;
  /** Ends a pause at once. */
  readonly signal: AbortSignal;
  /** Whether to try again after this failure. */
  readonly isRetryable: (error: RequestError) => boolean;
  /** Called before each pause. */
  readonly onRetry: (error: RequestError, pauseMs: number) => void;
}

/** Runs `attempt` until it succeeds, fails with a final error, or the time is over: then throws a GaveUpError. */
export function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  return tryFrom({ tries: 1, startedAt: performance.now() }, attempt, options);
}

interface Tries {
  /** The number of tries, including the next one. */
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
    const { deadline, isPatient = false } = options;
    const lastMs = isPatient ? deadline : Math.min(deadline, startedAt + error.retryForMs);
    const leftMs = lastMs - performance.now();
    const wantedMs = choosePause(error, tries);
    const pauseMs = isPatient ? Math.min(wantedMs, leftMs) : wantedMs;
    if (leftMs <= 0 || pauseMs > leftMs) {
      throw createGaveUpError(error, { tries, startedAt, leftMs });
    }
    options.onRetry(error, pauseMs);
    await pause(pauseMs, options.signal);
  }
  return await tryFrom({ tries: tries + 1, startedAt }, attempt, options);
}

/** Waits. If the signal is aborted, rejects with the signal's own reason and not with Node's AbortError. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Half of each pause is random, so that jobs that failed together do not retry together. */
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
      : ` The server asks to wait ${formatDuration(error.retryAfterMs)}, which is longer than the remaining time.`;
  const time = formatDuration(performance.now() - done.startedAt);
  const tries = done.tries === 1 ? 'one try' : `${done.tries} tries`;
  return new GaveUpError(error.title, `${error.message}${told} Gave up after ${tries} in ${time}.`, {
    cause: error,
  });
}

/**
 * Parses a Retry-After header, in seconds or as an HTTP date, to milliseconds from now. A date is compared with the
 * server's own clock. Ignores other values and those that ask for no pause: the pauses grow without it.
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

/**
 * HTTP's three date formats start with the day of the week. `Date.parse` guesses for other texts: it reads `32.5` as a
 * date in 2032.
 */
function parseHttpDate(text: string): number {
  return /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN;
}
