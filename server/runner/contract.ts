import type { Flow } from '../features/checks/schema.ts';

export interface RunTarget {
  /** Where the app is: an absolute `http` or `https` URL. */
  readonly url: string;
  /** Asked for by the trigger; a runner that always discovers takes no notice of it. */
  readonly discoverFlows: boolean;
}

/**
 * What a check does. A runner yields each flow as it ends and returns when there is nothing left to try.
 * It throws a `CheckError` when the check itself cannot run (the app is unreachable, say), and stops within
 * a second of `signal` by throwing the signal's reason.
 */
export interface Runner {
  run(target: RunTarget, options: { readonly signal: AbortSignal }): AsyncIterable<Flow>;
}

/** The check could not run. `message` is for the person who reads the check: what happened and what to do. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}
