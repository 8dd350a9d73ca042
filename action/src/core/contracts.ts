import type { FlowComparison } from '../../../server/features/checks/comparison/compare-flows.ts';
import type { CheckStatus, Conclusion } from '../../../server/features/checks/schema.ts';
import type { CheckView, EndedCheck, TriggerReceipt } from '../client/answers.ts';
import type { ApiConnection } from '../client/api-client.ts';
import type { FailCondition } from '../lib/conclusions.ts';
import type { RequestError } from '../lib/errors.ts';
import type { MetadataInputs } from './metadata/trigger-metadata.ts';
import type { WorkflowEvent } from './metadata/workflow-event.ts';

/** What a run takes from its entry point, and what it returns: the same for the step and the command. */

/** What the user asked for, typed and validated. */
export interface RunInputs {
  readonly apiKey: string;
  readonly appId: string;
  /** Without a slash at the end. */
  readonly serverUrl: string;
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly failOn: readonly FailCondition[];
  readonly cancelOnTimeout: boolean;
  /** The address of the proxy for requests to the server. */
  readonly proxy: string | undefined;
  readonly metadata: MetadataInputs;
  readonly event: WorkflowEvent;
  readonly idempotencyKey: string;
}

/** What a run needs of the world around it. */
export interface RunPorts {
  readonly connection: ApiConnection;
  readonly report: Report;
  readonly stop: StopSignals;
  /** Looks up a message that neither input nor event contains; absent where it cannot be looked up. */
  readonly fetchCommitMessage?: ((options: CommitMessageOptions) => Promise<string | undefined>) | undefined;
}

export interface CommitMessageOptions {
  readonly commitSha: string;
  readonly signal: AbortSignal;
}

export interface StopSignals {
  /** Aborted as soon as the user or the runner asks to stop. */
  readonly requested: AbortSignal;
  /** Aborted a little later, for the one request whose answer is worth waiting for. */
  readonly lastCall: AbortSignal;
}

/** What the user and later steps see of a run. */
export interface Report {
  note(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
  /** A request has failed and will be sent again. */
  retrying(error: RequestError, pauseMs: number): void;
  triggered(receipt: TriggerReceipt): void;
  /** The check was read and has not ended. */
  progressed(check: CheckView): void;
  /** The check has ended. Shows its warnings, and what failed: as errors if that fails the run. */
  ended(check: EndedCheck, options: { isFailing: boolean }): void;
  /** Writes the results. Called once, after everything else. */
  finish(outcome: Outcome): Promise<void>;
}

/** How a run ended, as far as it got. */
export interface Outcome {
  /** Absent when the trigger was not answered. */
  readonly receipt: TriggerReceipt | undefined;
  /** The check as last seen. */
  readonly check: CheckView | undefined;
  readonly status: CheckStatus;
  /** `null` when the run did not wait for the check, or not to its end. */
  readonly conclusion: Conclusion | null;
  /** Why the conclusion is unknown, or differs from the check's own. */
  readonly problem?: string | undefined;
  /** Absent where there is nothing to compare with. */
  readonly comparison?: Comparison | undefined;
  /** Whether cancelling the check failed: the step's post step tries again. */
  readonly isAbandoned?: boolean;
}

/** How a check differs from the one before it on the app's main branch. */
export interface Comparison extends FlowComparison {
  readonly branch: string;
  /** The page of the earlier check. */
  readonly url: string;
}
