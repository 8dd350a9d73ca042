import type { CheckView, EndedCheck, TriggerReceipt } from '../client/answers.ts';
import {
  ActionError,
  EndUnknownError,
  messageOf,
  StopError,
  toActionError,
  WaitTimeoutError,
} from '../lib/errors.ts';
import { cancelOnServer } from './cancel-on-server.ts';
import type { Outcome, RunInputs, RunPorts } from './contracts.ts';
import { waitForCheck } from './wait-for-check.ts';

export interface FollowOptions {
  readonly receipt: TriggerReceipt;
  readonly deadline: number;
}

/**
 * Waits for a triggered check. If the wait ends without a result (time-out, refusal, cancelled workflow), reports that
 * in outputs and summary and then throws the reason. Cancels the check if the workflow was cancelled, and on a time-out
 * unless `cancel-on-timeout` is false.
 */
export async function followCheck(
  inputs: RunInputs,
  ports: RunPorts,
  options: FollowOptions,
): Promise<EndedCheck> {
  const { connection, report, stop } = ports;
  const { receipt, deadline } = options;
  let last: CheckView | undefined;
  try {
    return await waitForCheck({
      connection,
      checkId: receipt.check_id,
      deadline,
      timeoutMs: inputs.timeoutMs,
      signal: stop.requested,
      report,
      onProgress: (check) => {
        report.progressed(check);
        last = check;
      },
    });
  } catch (error) {
    const mayCancel =
      error instanceof StopError || (error instanceof WaitTimeoutError && inputs.cancelOnTimeout);
    if (mayCancel) {
      throw await stopCheck(error, ports, { receipt, last });
    }
    const { title, message } = toActionError(error, `The ${connection.words.program}`);
    const goesOn = error instanceof WaitTimeoutError ? 'continues' : 'may continue';
    const problem = `${message} The check ${goesOn} at ${receipt.check_url}`;
    await report.finish({ ...describeLast({ receipt, last }), problem });
    throw new ActionError(title, problem, { cause: error });
  }
}

interface StopOptions {
  readonly receipt: TriggerReceipt;
  readonly last: CheckView | undefined;
}

/** Cancels the check, reports that, and returns the error to throw instead of `reason`. */
async function stopCheck<Reason extends StopError | WaitTimeoutError>(
  reason: Reason,
  ports: RunPorts,
  { receipt, last }: StopOptions,
): Promise<StopError | WaitTimeoutError> {
  const { connection, report } = ports;
  const explain = (problem: string, cause: unknown) =>
    reason instanceof StopError
      ? new StopError(problem, { cause })
      : new WaitTimeoutError(problem, { cause });
  try {
    const check = await cancelOnServer({ connection, checkId: receipt.check_id, report });
    const conclusion = check.conclusion ?? 'cancelled';
    const status = check.conclusion === null ? 'cancelled' : check.status;
    const done = conclusion === 'cancelled' ? 'was cancelled on the server' : `had ended (${conclusion})`;
    const problem = `${reason.message} The check ${done}: ${receipt.check_url}`;
    await report.finish({ receipt, check, status, conclusion, problem });
    return explain(problem, reason);
  } catch (error) {
    const hasEnded = error instanceof EndUnknownError;
    const why = messageOf(error);
    const goesOn = `The check continues at ${receipt.check_url}: ${why}`;
    const problem = `${reason.message} ${hasEnded ? `${why} See ${receipt.check_url}` : goesOn}`;
    await report.finish({ ...describeLast({ receipt, last }), problem, isAbandoned: !hasEnded });
    return explain(problem, error);
  }
}

/** Describes a check that continues while nobody waits for it, as it was last seen. */
function describeLast({ receipt, last }: StopOptions): Outcome {
  return { receipt, check: last, status: last?.status ?? receipt.status, conclusion: null };
}
