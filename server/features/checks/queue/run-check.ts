import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { DatabaseUnavailableError } from '../../../db/database-unavailable-error.ts';
import type { Queryable } from '../../../db/pool.ts';
import { CheckError, type Runner, RunnerLostError, type RunnerResult } from '../../../runner/contract.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { MAX_ATTEMPTS } from '../max-attempts.ts';
import type { Conclusion, FlowResult, Incomplete } from '../schema.ts';
import type { ClaimedCheck } from '../sql/claim-checks.ts';
import { type CheckResult, finishCheck } from '../sql/finish-check.ts';
import { prepareRun } from './prepare-run.ts';
import { createProgressWriter } from './progress-writer.ts';

export interface CheckRun {
  readonly db: Queryable;
  readonly logger: Logger;
  readonly runner: Runner;
  readonly secretBox: SecretBox;
  readonly check: ClaimedCheck;
  /** Aborted when the check is cancelled, taken over, or released. */
  readonly signal: AbortSignal;
  /** Called when readers see another state of the check than before. */
  readonly onChanged: () => void;
}

const RETRY_MS = 1_000;

/**
 * Runs one claimed check and stores its result. Every write is bound to the lease: a worker that lost its lease
 * cannot write, and `undefined` is returned. Rejects with the signal's reason when the signal is aborted, and with a
 * `RunnerLostError` if the check must run again.
 */
export async function runCheck(run: CheckRun): Promise<Conclusion | undefined> {
  // Tell watchers that the check is running.
  run.onChanged();
  const result = await findResult(run);
  run.signal.throwIfAborted();
  const isStored = await storeResult(run, {
    checkId: run.check.id,
    leaseToken: run.check.lease_token,
    ...result,
  });
  return isStored ? result.conclusion : undefined;
}

type Result = Omit<CheckResult, 'checkId' | 'leaseToken'>;

async function findResult(run: CheckRun): Promise<Result> {
  const { logger, check, signal } = run;
  const found: Found = { flows: [], warnings: [], incomplete: null };
  if (check.attempts > MAX_ATTEMPTS) {
    const error = `The server stopped ${MAX_ATTEMPTS} times while it ran this check, so the check ended. Trigger it again.`;
    return { ...found, conclusion: 'error', error };
  }
  const progress = createProgressWriter(run);
  try {
    const { runner, target } = await keepTrying(run, {
      failure: 'the settings of the check could not be read; trying again',
      isTriedAgain: (error) => error instanceof DatabaseUnavailableError,
      task: () => prepareRun(run),
    });
    for await (const result of runner.run(target, { signal })) {
      note(result, found);
      if ('flow' in result) {
        progress.add(result);
      }
    }
    const hasFailed = found.flows.some(({ status }) => status === 'failed');
    return { ...found, conclusion: hasFailed ? 'failure' : 'success', error: null };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CheckError) {
      return { ...found, conclusion: 'error', error: error.message };
    }
    if (error instanceof RunnerLostError) {
      throw error;
    }
    logger.error({ err: error, check_id: check.id }, 'the runner failed');
    return {
      ...found,
      conclusion: 'error',
      error: 'The check stopped because of a fault of the server. Trigger it again.',
    };
  } finally {
    await progress.stop();
  }
}

/** What a run has found so far. */
interface Found {
  readonly flows: FlowResult[];
  readonly warnings: string[];
  incomplete: Incomplete | null;
}

function note(result: RunnerResult, found: Found): void {
  if ('flow' in result) {
    found.flows.push(result.flow);
  } else if ('warning' in result) {
    found.warnings.push(result.warning);
  } else {
    // If several parts of a check stopped, keep the first reason.
    found.incomplete ??= result.incomplete;
  }
}

async function storeResult(run: CheckRun, result: CheckResult): Promise<boolean> {
  const isStored = await keepTrying(run, {
    failure: 'the result could not be stored; trying again',
    isTriedAgain: () => true,
    task: () => finishCheck(run.db, result),
  });
  if (isStored) {
    run.onChanged();
  }
  run.logger.info(
    { check_id: result.checkId, conclusion: result.conclusion, is_stored: isStored },
    'check ended',
  );
  return isStored;
}

interface Trial<Value> {
  /** The text for the log. */
  readonly failure: string;
  readonly isTriedAgain: (error: unknown) => boolean;
  readonly task: () => Promise<Value>;
}

/** Keeps trying through an outage of the database: the lease decides whether the result still counts. */
async function keepTrying<Value>(
  { logger, check, signal }: CheckRun,
  { failure, isTriedAgain, task }: Trial<Value>,
): Promise<Value> {
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (!isTriedAgain(error)) {
        throw error;
      }
      logger.warn({ err: error, check_id: check.id }, failure);
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}
