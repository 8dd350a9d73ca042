import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Queryable } from '../../db/pool.ts';
import { CheckError, type Runner, type RunTarget } from '../../runner/contract.ts';
import type { Conclusion, FlowResult } from './schema.ts';
import type { ClaimedCheck } from './sql/claim-checks.ts';
import { type CheckResult, finishCheck } from './sql/finish-check.ts';
import { saveProgress } from './sql/save-progress.ts';

export interface CheckRun {
  readonly db: Queryable;
  readonly logger: Logger;
  readonly runner: Runner;
  readonly check: ClaimedCheck;
  /** Aborted when the check is cancelled, taken over, or handed over. */
  readonly signal: AbortSignal;
  /** Called when readers see it in another way than before. */
  readonly onChanged: () => void;
}

/** Progress is written at most this often, however fast flows end. */
const PROGRESS_EVERY_MS = 250;
const FINISH_RETRY_MS = 1_000;
/** A check that takes its process down each time must not do so for ever. */
const MAX_ATTEMPTS = 3;

/**
 * Runs one claimed check and stores its result. Every write is bound to the lease, so one that was lost ends
 * in nothing, and `undefined` comes back. Rejects with the signal's reason when that is aborted.
 */
export async function runCheck(run: CheckRun): Promise<Conclusion | undefined> {
  // It runs now.
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

async function findResult({ db, logger, runner, check, signal, onChanged }: CheckRun): Promise<Result> {
  const flows: FlowResult[] = [];
  if (check.attempts > MAX_ATTEMPTS) {
    const error = `The server stopped ${MAX_ATTEMPTS} times while it ran this check, so it was given up. Trigger it again.`;
    return { conclusion: 'error', flows, error };
  }
  const progress = createProgressWriter(async () => {
    try {
      if (await saveProgress(db, { checkId: check.id, leaseToken: check.lease_token, flows })) {
        onChanged();
      }
    } catch (error) {
      logger.warn({ err: error, check_id: check.id }, 'progress was not saved');
    }
  });
  try {
    const target: RunTarget = {
      app: { id: check.app_id, url: check.target_url },
      // Nobody can store flows or settings of an app yet.
      flows: [],
      settings: {},
      discoverFlows: check.discover_flows,
    };
    for await (const { flow } of runner.run(target, { signal })) {
      flows.push(flow);
      progress.request();
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
    logger.error({ err: error, check_id: check.id }, 'the runner failed');
    return {
      conclusion: 'error',
      flows,
      error: 'The check stopped because of a fault of the server. Trigger it again.',
    };
  } finally {
    await progress.end();
  }
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

/** Calls `write` soon after each request, one call at a time, and several requests with one call. */
function createProgressWriter(write: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  return {
    request(): void {
      timer ??= setTimeout(() => {
        timer = undefined;
        writing = writing.then(write);
      }, PROGRESS_EVERY_MS);
    },
    /** What was requested and not yet written is left to the caller's last write. */
    async end(): Promise<void> {
      clearTimeout(timer);
      await writing;
    },
  };
}
