import type { TriggerReceipt } from '../client/answers.ts';
import { type ApiConnection, type TriggerOptions, triggerCheck } from '../client/api-client.ts';
import { withRetries } from '../client/retry.ts';
import { RequestError, StopError } from '../lib/errors.ts';
import type { RunInputs, RunPorts } from './contracts.ts';
import { prepareMetadata } from './prepare-metadata.ts';

const TRIGGER_TIMEOUT_MS = 30_000;

/** What a try may take once the time is nearly over: one of a few milliseconds could only fail. */
const LAST_TRY_MS = 2000;

export interface StartOptions {
  /** The moment, as of performance.now, after which nothing is tried any more. */
  readonly deadline: number;
}

/** How long the question may take whether a trigger that was not answered has made a check. */
const QUESTION_MS = 2000;

/** Triggers a check. Where the workflow is cancelled before there is one, outputs and summary say so. */
export async function startCheck(
  inputs: RunInputs,
  ports: RunPorts,
  { deadline }: StartOptions,
): Promise<TriggerReceipt> {
  const tries: Tries = { unanswered: undefined };
  try {
    return await trigger(inputs, ports, { deadline, tries });
  } catch (error) {
    if (!(error instanceof StopError)) {
      throw error;
    }
    const made = await findMadeCheck(ports.connection, tries);
    if (made !== undefined) {
      return made;
    }
    const problem = `${error.message} The server had not answered a trigger: if it has taken one, that check goes on.`;
    const status = 'cancelled';
    await ports.report.finish({ receipt: undefined, check: undefined, status, conclusion: status, problem });
    throw new StopError(problem, { cause: error });
  }
}

interface Tries {
  /** The last trigger that was sent, where nobody has said that it was not taken. */
  unanswered: TriggerOptions | undefined;
}

/** A cancel lets a trigger that is under way answer for a moment: the answer holds the id of what to cancel. */
async function trigger(
  inputs: RunInputs,
  ports: RunPorts,
  { deadline, tries }: StartOptions & { tries: Tries },
): Promise<TriggerReceipt> {
  const { connection, report, stop } = ports;
  const body = await prepareMetadata({ inputs, ports });
  const send = async (): Promise<TriggerReceipt> => {
    const timeoutMs = Math.min(TRIGGER_TIMEOUT_MS, Math.max(0, deadline - performance.now()) + LAST_TRY_MS);
    const options = { body, idempotencyKey: inputs.idempotencyKey, timeoutMs, signal: stop.lastCall };
    tries.unanswered = options;
    try {
      return await triggerCheck(connection, options);
    } catch (error) {
      if (error instanceof RequestError && isRefusal(error)) {
        tries.unanswered = undefined;
      }
      throw error;
    }
  };
  return await withRetries(send, {
    deadline,
    signal: stop.requested,
    isRetryable: (error) => error.retryable,
    onRetry: report.retrying,
  });
}

/** Whether it is sure that no check was made. A gateway's 502 or 504 may be the end of an answer that was lost. */
function isRefusal({ status }: RequestError): boolean {
  return (status >= 400 && status < 500) || status === 503;
}

/**
 * The check that a trigger has made whose answer was lost, or did not come in time: the same idempotency key finds it.
 * Where none was made one is made now, which whoever asks is about to cancel.
 */
async function findMadeCheck(
  connection: ApiConnection,
  { unanswered }: Tries,
): Promise<TriggerReceipt | undefined> {
  if (unanswered === undefined) {
    return undefined;
  }
  const { signal } = new AbortController();
  return await triggerCheck(connection, { ...unanswered, timeoutMs: QUESTION_MS, signal }).catch(
    () => undefined,
  );
}
