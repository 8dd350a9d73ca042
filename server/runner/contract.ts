import type { WalkLimits } from './link-walker/walk-limits.ts';

/**
 * What a check gives to its runners and gets from them. All of it is plain data that `structuredClone` takes, so
 * that a runner may be in another thread or process.
 */

export interface RunTarget {
  readonly app: AppUnderTest;
  /** The app's flows that take part in this check. */
  readonly flows: readonly Flow[];
  readonly settings: CheckSettings;
  /** The trigger asked for it. A runner that always discovers ignores it. */
  readonly discoverFlows: boolean;
}

export interface AppUnderTest {
  readonly id: string;
  /** Where the app is for this check: an absolute `http` or `https` URL. */
  readonly url: string;
}

/** A way through the app that a person described. Nobody can describe one yet, so a check has none. */
export interface Flow {
  readonly id: string;
  readonly name: string;
}

/** How an app wants to be checked. What is absent has the runner's default. */
export interface CheckSettings {
  /** Limits of the link walker. */
  readonly limits?: Partial<WalkLimits>;
}

/** How a flow ended: for the link walker a page, `GET /path?query`. `flowSchema` of the checks is held to it. */
export interface FlowResult {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly duration_ms: number;
  /** Why it failed or was skipped; `null` when it passed. */
  readonly error: string | null;
}

export interface StepResult {
  /** What was done, in the words of a person: `click Pay`. */
  readonly description: string;
  readonly status: FlowResult['status'];
  readonly duration_ms: number;
  readonly error: string | null;
}

/** A small file that shows what happened: a screenshot, a trace. */
export interface ResultFile {
  /** Unique among the files of its result: `step-3.png`. */
  readonly name: string;
  /** Media type: `image/png`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What a runner yields as a flow ends. The link walker yields no steps and no files. */
export interface RunnerResult {
  readonly flow: FlowResult;
  /** In order; absent for a flow without steps. */
  readonly steps?: readonly StepResult[];
  readonly files?: readonly ResultFile[];
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /**
   * Called with a flow's name before work that may take long in one go, such as parsing a page: a runner that is ended in
   * the middle of it has that flow to name.
   */
  readonly onReading?: ((flow: string) => void) | undefined;
}

/**
 * Yields each result as its flow ends and returns when there is nothing left to try. Throws a `CheckError` when
 * the check itself cannot run, for example because the app is unreachable. Stops within a second of `signal` by
 * throwing the signal's reason.
 */
export interface Runner {
  run(target: RunTarget, options: RunOptions): AsyncIterable<RunnerResult>;
}

/** The process that ran the check ended, and not because of what the check did: it was killed, or crashed. */
export class RunnerLostError extends Error {
  override readonly name = 'RunnerLostError';
}

/** The check could not run. `message` is for the person who reads the check: what happened and what to do. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}
