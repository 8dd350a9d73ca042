import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Queryable } from '../../../db/pool.ts';
import { CheckError, type Runner, RunnerLostError, type RunTarget } from '../../../runner/contract.ts';
import type { Conclusion, FlowResult } from '../schema.ts';
import type { ClaimedCheck } from '../sql/claim-checks.ts';
import { type CheckResult, finishCheck } from '../sql/finish-check.ts';
import { createProgressWriter } from './progress-writer.ts';

export interface CheckRun {
  readonly db: Queryable;
  readonly logger: Logger;
  readonly runner: Runner;
  readonly check: ClaimedCheck;
  /** Aborted when the check is cancelled, taken over, or released. */
  readonly signal: AbortSignal;
  /** Called when readers see another state of the check than before. */
  readonly onChanged: () => void;
}

const FINISH_RETRY_MS = 1_000;
/** A check that takes its process down each time must not do so for ever. */
const MAX_ATTEMPTS = 3;

/**
 * Runs one claimed check and stores its result. Every write is bound to the lease: a worker that lost its lease
 * cannot write, and `undefined` is returned. Rejects with the signal's reason when the signal is aborted, and with a
 * `RunnerLostError` where the check has to be run again.
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

type Result = Pick<CheckResult, 'conclusion' | 'flows' | 'error'>;

async function findResult(run: CheckRun): Promise<Result> {
  const { logger, runner, check, signal } = run;
  const flows: FlowResult[] = [];
  if (check.attempts > MAX_ATTEMPTS) {
    const error = `The server stopped ${MAX_ATTEMPTS} times while it ran this check, so it was given up. Trigger it again.`;
    return { conclusion: 'error', flows, error };
  }
  const progress = createProgressWriter(run);
  try {
    for await (const { flow } of runner.run(toRunTarget(check), { signal })) {
      flows.push(flow);
      progress.add(flow);
    }
    return {
      conclusion: flows.some(({ status }) => status === 'failed') ? 'failure' : 'success',
      flows,
      error: null,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CheckError) {
      return { conclusion: 'error', flows, error: error.message };
    }
    if (error instanceof RunnerLostError) {
      throw error;
    }
    logger.error({ err: error, check_id: check.id }, 'the runner failed');
    return {
      conclusion: 'error',
      flows,
      error: 'The check stopped because of a fault of the server. Trigger it again.',
    };
  } finally {
    await progress.stop();
  }
}

/** Apps have no flows and no settings of their own yet. */
function toRunTarget({ app_id, target_url, discover_flows }: ClaimedCheck): RunTarget {
  return {
    app: { id: app_id, url: target_url },
    flows: [],
    settings: {},
    discoverFlows: discover_flows,
  };
}

/** Keeps trying through an outage of the database: the lease decides whether the result still counts. */
async function storeResult(
  { db, logger, signal, onChanged }: CheckRun,
  result: CheckResult,
): Promise<boolean> {
  for (;;) {
    try {
      const isStored = await finishCheck(db, result);
      if (isStored) {
        onChanged();
      }
      logger.info(
        { check_id: result.checkId, conclusion: result.conclusion, is_stored: isStored },
        'check ended',
      );
      return isStored;
    } catch (error) {
      logger.warn({ err: error, check_id: result.checkId }, 'the result was not stored; trying again');
      await sleep(FINISH_RETRY_MS, undefined, { signal });
    }
  }
}
