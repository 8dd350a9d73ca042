import { inspect } from 'node:util';
import type { FailCondition } from './conclusions.ts';

/**
 * A failure whose message tells the user what happened and what to do, with a short title. Any other error is a bug.
 */
export class ActionError extends Error {
  override readonly name: string = 'ActionError';
  readonly title: string;

  constructor(title: string, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.title = title;
  }
}

/** Returns the message of an error, without its name; any other thrown value as text. */
export function messageOf(error: unknown): string {
  return String(error).replace(/^\w*Error(?: \[\w+\])?: /, '');
}

/** Converts any thrown value to an error that can be shown. `program` is the subject of the sentence about a bug. */
export function toActionError(error: unknown, program: string): ActionError {
  if (error instanceof ActionError) {
    return error;
  }
  return new ActionError('a bug', `${program} failed unexpectedly: ${inspect(error)}`);
}

/** An input or a value of the environment cannot be used. */
export class InputError extends ActionError {
  override readonly name = 'InputError';
  constructor(message: string) {
    super('the step is not set up right', message);
  }
}

/** There is no key, and `if-no-key` says to skip the check. Not a failure. */
export class NoKeyError extends InputError {}

export interface RequestErrorOptions {
  readonly title: string;
  /** Whether the same request may succeed a little later. The contract lists these cases. */
  readonly retryable: boolean;
  /** The answer's status; absent if no readable answer came. */
  readonly status?: number;
  /** Whether the server's own API refused, and not a proxy or firewall before it. */
  readonly isFromApi?: boolean;
  /** How long the server asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** How long trying again makes sense, if less than the time that is left. */
  readonly retryForMs?: number | undefined;
  readonly cause?: unknown;
}

/** A request to the server that got no usable answer. */
export class RequestError extends ActionError {
  override readonly name = 'RequestError';
  readonly retryable: boolean;
  /** 0 if no readable answer came. */
  readonly status: number;
  readonly isFromApi: boolean;
  readonly retryAfterMs: number | undefined;
  readonly retryForMs: number;

  constructor(message: string, options: RequestErrorOptions) {
    super(options.title, message, { cause: options.cause });
    this.retryable = options.retryable;
    this.status = options.status ?? 0;
    this.isFromApi = options.isFromApi ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.retryForMs = options.retryForMs ?? Number.POSITIVE_INFINITY;
  }
}

/** All tries of a request failed; the cause is the last failure. */
export class GaveUpError extends ActionError {
  override readonly name = 'GaveUpError';
}

const TITLES: Readonly<Record<FailCondition, string>> = {
  success: 'the check succeeded',
  failure: 'the check failed',
  error: 'the check could not run',
  cancelled: 'the check was cancelled',
  incomplete: 'the check is incomplete',
};

/** The check ended in a way that `fail-on` names. */
export class CheckFailedError extends ActionError {
  override readonly name = 'CheckFailedError';
  constructor(condition: FailCondition, message: string) {
    super(TITLES[condition], message);
  }
}

/** `timeout-minutes` is over and the check has not ended. */
export class WaitTimeoutError extends ActionError {
  override readonly name = 'WaitTimeoutError';
  constructor(message: string, options: ErrorOptions) {
    super('timed out', message, options);
  }
}

/** The workflow run was cancelled. The stop signals carry this error as their reason. */
export class StopError extends ActionError {
  override readonly name = 'StopError';
  constructor(message: string, options: ErrorOptions = {}) {
    super('cancelled', message, options);
  }
}

/** The check had ended before it could be cancelled, and its result could not be read. */
export class EndUnknownError extends ActionError {
  override readonly name = 'EndUnknownError';
  constructor(cause: unknown) {
    super(
      'the end is not known',
      `The check had ended, but its result could not be read: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}
