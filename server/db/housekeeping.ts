import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SweptBatch } from './housekeeping-turn.ts';

/** One kind of row that is removed once it has expired. Each feature hands in its own sweeps. */
export interface Sweep {
  /** Names the rows in the log, like `idempotency keys`. */
  readonly what: string;
  /** Removes at most `limit` rows, from where the batch before ended (`null`: from the start). */
  deleteBatch(options: BatchOptions): Promise<SweptBatch>;
}

export interface BatchOptions {
  readonly limit: number;
  readonly from: string | null;
}

export interface HousekeepingOptions {
  readonly sweeps: readonly Sweep[];
  readonly logger: Logger;
}

export interface Housekeeping {
  /** Ends after the batch that is running. */
  stop(): Promise<void>;
}

const EVERY_MS = 60 * 60 * 1000;
/** Few enough rows that the statement delays nothing else. */
const BATCH_ROWS = 1_000;
/** Pauses ten times as long as the last batch took: the busier the database, the longer the pause. */
const PAUSE_RATIO = 10;

/** Removes expired rows at the start and then every hour, in small batches. */
export function startHousekeeping({ sweeps, logger }: HousekeepingOptions): Housekeeping {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = keepHouse();

  async function keepHouse(): Promise<void> {
    while (!signal.aborted) {
      for (const sweep of sweeps) {
        await removeAll(sweep).catch((error: unknown) => {
          logger.warn({ err: error, what: sweep.what }, 'housekeeping failed; trying again in an hour');
        });
      }
      await pause(EVERY_MS);
    }
  }

  async function removeAll({ what, deleteBatch }: Sweep): Promise<void> {
    let deleted = 0;
    let from: string | null = null;
    while (!signal.aborted) {
      const startedAt = performance.now();
      const batch: SweptBatch = await deleteBatch({ limit: BATCH_ROWS, from });
      const tookMs = performance.now() - startedAt;
      deleted += batch.deleted;
      from = batch.next;
      // Another process has the turn, or nothing is left.
      if (!batch.is_ours || from === null) {
        break;
      }
      await pause(PAUSE_RATIO * tookMs);
    }
    if (deleted > 0) {
      logger.info({ what, deleted }, 'removed expired rows');
    }
  }

  function pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal }).catch(() => {});
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
