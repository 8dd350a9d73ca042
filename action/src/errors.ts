/** A failure whose message tells a person what happened and what to do. Whatever else is thrown is a bug. */
export class ActionError extends Error {
  override readonly name: string = 'ActionError';
}

/** An input, or what the workflow's environment says, cannot be used. */
export class InputError extends ActionError {
  override readonly name = 'InputError';
}

export interface RequestErrorOptions {
  /** Whether the same request may succeed a little later, as the contract lists such cases. */
  readonly retryable: boolean;
  /** The answer's status; absent when there was no answer that could be read. */
  readonly status?: number | undefined;
  /** How long the server asked to wait. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A request to the server that did not lead to an answer the action can use. */
export class RequestError extends ActionError {
  override readonly name = 'RequestError';
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: RequestErrorOptions) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A request was tried again until nothing was left to try; the cause is its last failure. */
export class GaveUpError extends ActionError {
  override readonly name = 'GaveUpError';
}

/** The check has ended with a conclusion that `fail-on` names. */
export class CheckFailedError extends ActionError {
  override readonly name = 'CheckFailedError';
}

/** The time of `timeout-minutes` is over and the check has not ended. */
export class WaitTimeoutError extends ActionError {
  override readonly name = 'WaitTimeoutError';
}

/** The workflow run was cancelled: the reason that the stop signals carry. */
export class StopError extends ActionError {
  override readonly name = 'StopError';
}
