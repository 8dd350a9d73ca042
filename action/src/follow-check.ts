import type { CheckView, EndedCheck, TriggerReceipt } from './answers.ts';
import { cancelOnServer } from './cancel-on-server.ts';
import { StopError, WaitTimeoutError } from './errors.ts';
import type { RunInputs } from './inputs.ts';
import type { RunPorts } from './ports.ts';
import type { Report } from './report.ts';
import { waitForCheck } from './wait-for-check.ts';

export interface FollowOptions {
  readonly receipt: TriggerReceipt;
  readonly deadline: number;
}

/**
 * Waits for a triggered check. Where the wait ends without a result (time-out, refusal, cancelled workflow),
 * outputs and summary say so before the reason is thrown; a cancelled workflow cancels the check.
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
        report.progressed(check, last);
        last = check;
      },
    });
  } catch (error) {
    if (error instanceof StopError) throw await stopCheck(error, ports, { receipt, last });
    const reason = error instanceof Error ? error.message : String(error);
    const problem = `${reason} The check goes on at ${receipt.check_url}`;
    await reportUnknownResult(report, { receipt, last, problem });
    throw error instanceof WaitTimeoutError ? new WaitTimeoutError(problem, { cause: error }) : error;
  }
}

interface StopOptions {
  readonly receipt: TriggerReceipt;
  readonly last: CheckView | undefined;
}

/** Cancels the check, reports that, and returns what to throw. */
async function stopCheck(
  stop: StopError,
  ports: RunPorts,
  { receipt, last }: StopOptions,
): Promise<StopError> {
  const { connection, report } = ports;
  try {
    const check = await cancelOnServer({ connection, checkId: receipt.check_id, report });
    const conclusion = check.conclusion ?? 'cancelled';
    const status = check.conclusion === null ? 'cancelled' : check.status;
    const done = conclusion === 'cancelled' ? 'was cancelled on the server' : `had ended (${conclusion})`;
    const problem = `${stop.message} The check ${done}: ${receipt.check_url}`;
    await report.finish({ receipt, check, status, conclusion, problem });
    return new StopError(problem, { cause: stop });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const problem = `${stop.message} The check goes on at ${receipt.check_url}: ${reason}`;
    await reportUnknownResult(report, { receipt, last, problem });
    return new StopError(problem, { cause: error });
  }
}

/** Outputs and summary of a check that goes on while nobody waits for it: as it was last seen. */
async function reportUnknownResult(
  report: Report,
  { receipt, last, problem }: StopOptions & { readonly problem: string },
): Promise<void> {
  await report.finish({
    receipt,
    check: last,
    status: last?.status ?? receipt.status,
    conclusion: null,
    problem,
  });
}
