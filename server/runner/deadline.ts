/** The reason of `withDeadline`'s signal when the time is up. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

export interface DeadlineOptions {
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** Runs `work` with a signal that aborts with `signal`, or with a `DeadlineError` after `ms` milliseconds. */
export async function withDeadline<Result>(
  { ms, signal }: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineError()), ms);
  // Not `AbortSignal.any`: a signal remembers each one made of it, and a walk makes thousands.
  const onAbort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) {
    onAbort();
  }
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Resolves as `promise` does, or with `undefined` as soon as `signal` aborts. */
export async function untilAborted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  if (signal.aborted) {
    return undefined;
  }
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** `10 s`, `0.3 s`. */
export function showSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
