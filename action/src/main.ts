import type { TriggerReceipt } from './answers.ts';
import { triggerCheck } from './api-client.ts';
import { CheckFailedError, StopError } from './errors.ts';
import { followCheck } from './follow-check.ts';
import { type RunInputs, sendsKeyInTheClear } from './inputs.ts';
import type { RunPorts } from './ports.ts';
import { prepareMetadata } from './prepare-metadata.ts';
import { withRetries } from './retry.ts';
import { describeResult } from './verdict.ts';

const TRIGGER_TIMEOUT_MS = 30_000;

/** A server that is deployed anew is back by then; a wrong address would only be tried in vain. */
const TRIGGER_PATIENCE_MS = 60_000;

/** Triggers a check, waits for it and reports it. Throws whatever must not end green. */
export async function run(inputs: RunInputs, ports: RunPorts): Promise<void> {
  const { report, stop } = ports;
  const deadline = Date.now() + inputs.timeoutMs;
  if (sendsKeyInTheClear(inputs.serverUrl)) {
    report.warn(
      '`server-url` is an http address, so the API key crosses the network unencrypted: use https.',
    );
  }

  const receipt = await triggerOrStop(inputs, ports, deadline);
  report.triggered(receipt);
  if (!inputs.wait && !stop.requested.aborted) {
    await report.finish({ receipt, check: undefined, status: receipt.status, conclusion: null });
    return;
  }

  const check = await followCheck(inputs, ports, { receipt, deadline });
  const isFailing = inputs.failOn.includes(check.conclusion);
  report.ended(check, { isFailing });
  await report.finish({ receipt, check, status: check.status, conclusion: check.conclusion });
  if (isFailing) throw new CheckFailedError(`${describeResult(check)} See ${receipt.check_url}`);
}

/** A workflow that is cancelled before there is a check to cancel. */
async function triggerOrStop(inputs: RunInputs, ports: RunPorts, deadline: number): Promise<TriggerReceipt> {
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
  const body = await prepareMetadata({ inputs, report, signal: stop.requested });
  const send = (): Promise<TriggerReceipt> =>
    triggerCheck(connection, {
      body,
      idempotencyKey: inputs.idempotencyKey,
      timeoutMs: Math.min(TRIGGER_TIMEOUT_MS, Math.max(1, deadline - Date.now())),
      signal: stop.lastCall,
    });
  return await withRetries(send, {
    deadline,
    patienceMs: TRIGGER_PATIENCE_MS,
    signal: stop.requested,
    isRetryable: (error) => error.retryable,
    onRetry: report.retrying,
  });
}
