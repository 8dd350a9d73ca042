import type { TriggerReceipt } from './answers.ts';
import { type ApiConnection, triggerCheck } from './api-client.ts';
import { StopError } from './errors.ts';
import type { RunInputs } from './inputs.ts';
import { type MetadataPorts, prepareMetadata } from './prepare-metadata.ts';
import { withRetries } from './retry.ts';

const TRIGGER_TIMEOUT_MS = 30_000;

/** What a try may take once the time is nearly over: one of a few milliseconds could only fail. */
const LAST_TRY_MS = 2000;

/** What a run needs of the world around it. */
export interface RunPorts extends MetadataPorts {
  readonly connection: ApiConnection;
}

export interface StartOptions {
  /** The moment, as of performance.now, after which nothing is tried any more. */
  readonly deadline: number;
}

/** Triggers a check. Where the workflow is cancelled before there is one, outputs and summary say so. */
export async function startCheck(
  inputs: RunInputs,
  ports: RunPorts,
  { deadline }: StartOptions,
): Promise<TriggerReceipt> {
  try {
    return await trigger(inputs, ports, deadline);
  } catch (error) {
    if (!(error instanceof StopError)) throw error;
    const problem = `${error.message} The server had not answered a trigger: if it has taken one, that check goes on.`;
    const status = 'cancelled';
    await ports.report.finish({ receipt: undefined, check: undefined, status, conclusion: status, problem });
    throw new StopError(problem, { cause: error });
  }
}

/** A cancel lets a trigger that is under way answer for a moment: the answer holds the id of what to cancel. */
async function trigger(inputs: RunInputs, ports: RunPorts, deadline: number): Promise<TriggerReceipt> {
  const { connection, report, stop } = ports;
  const body = await prepareMetadata({ inputs, ports });
  const send = (): Promise<TriggerReceipt> =>
    triggerCheck(connection, {
      body,
      idempotencyKey: inputs.idempotencyKey,
      timeoutMs: Math.min(TRIGGER_TIMEOUT_MS, Math.max(0, deadline - performance.now()) + LAST_TRY_MS),
      signal: stop.lastCall,
    });
  return await withRetries(send, {
    deadline,
    signal: stop.requested,
    isRetryable: (error) => error.retryable,
    onRetry: report.retrying,
  });
}
