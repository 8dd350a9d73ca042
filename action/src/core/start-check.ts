import type { TriggerReceipt } from '../client/answers.ts';
import { type ApiConnection, type TriggerOptions, triggerCheck } from '../client/api-client.ts';
import { withRetries } from '../client/retry.ts';
import { RequestError, StopError } from '../lib/errors.ts';
import type { RunInputs, RunPorts } from './contracts.ts';
import { prepareMetadata } from './prepare-metadata.ts';

const TRIGGER_TIMEOUT_MS = 30_000;

/** The shortest time limit of a try, near the deadline: with a few milliseconds it could only fail. */
const LAST_TRY_MS = 2000;

export interface StartOptions {
  /** No try starts after this time of performance.now. */
  readonly deadline: number;
}

/** The time limit for asking whether an unanswered trigger has created a check. */
const QUESTION_MS = 2000;

/** Triggers a check. If the workflow is cancelled before there is one, reports that in outputs and summary. */
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
    const problem = `${error.message} The server had not answered the trigger. If it has accepted it, the check continues.`;
    const status = 'cancelled';
    await ports.report.finish({ receipt: undefined, check: undefined, status, conclusion: status, problem });
    throw new StopError(problem, { cause: error });
  }
}

interface Tries {
  /** The last trigger that was sent, unless the server refused it. */
  unanswered: TriggerOptions | undefined;
}

/**
 * Sends the trigger. After a cancel, one in progress gets a moment to finish: the answer has the id of the check to
 * cancel.
 */
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

/**
 * Whether it is certain that no check was created. A gateway's 408, 502 or 504 may hide the answer to a trigger that
 * was accepted.
 */
function isRefusal({ status }: RequestError): boolean {
  return (status >= 400 && status < 500 && status !== 408) || status === 503;
}

/**
 * Finds the check of a trigger whose answer was lost or too late, by its idempotency key. If there was none, this
 * creates one: the caller cancels it.
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
