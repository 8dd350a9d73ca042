import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { deleteExpiredFailures } from '../auth/sql/delete-expired-failures.ts';
import type { Config } from '../config.ts';
import { deleteOldAuditEvents } from '../features/audit/sql/delete-old-audit-events.ts';
import { deleteExpiredIdempotencyKeys } from '../features/checks/sql/delete-expired-idempotency-keys.ts';
import { deleteOldChecks } from '../features/checks/sql/delete-old-checks.ts';
import type { SweptBatch } from './housekeeping-turn.ts';
import type { Queryable } from './pool.ts';

export interface HousekeepingOptions {
  readonly db: Queryable;
  readonly retention: Config['retention'];
  readonly logger: Logger;
}

export interface Housekeeping {
  /** Ends after the batch that is under way. */
  stop(): Promise<void>;
}

const EVERY_MS = 60 * 60 * 1000;
/** A statement that is short enough to be in nobody's way. */
const BATCH = 1_000;
/** After each a pause that is so many times as long as it took: the busier the database, the longer. */
const PAUSE_RATIO = 10;

interface Sweep {
  readonly what: string;
  deleteBatch(from: string | null): Promise<SweptBatch>;
}

/** Removes what is not kept any longer, at the start and every hour, a small batch at a time. */
export function startHousekeeping({ db, retention, logger }: HousekeepingOptions): Housekeeping {
  const sweeps = createSweeps(db, retention);
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
      const batch: SweptBatch = await deleteBatch(from);
      const tookMs = performance.now() - startedAt;
      deleted += batch.deleted;
      from = batch.next;
      // Another process is at it, or there is nothing left.
      if (!batch.is_ours || from === null) {
        break;
      }
      await pause(PAUSE_RATIO * tookMs);
    }
    if (deleted > 0) {
      logger.info({ what, deleted }, 'removed what is not kept any longer');
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

function createSweeps(db: Queryable, { checkDays, auditLogDays }: Config['retention']): Sweep[] {
  const sweeps: Sweep[] = [
    { what: 'counts of failed authentication', deleteBatch: () => deleteExpiredFailures(db, BATCH) },
    { what: 'idempotency keys', deleteBatch: () => deleteExpiredIdempotencyKeys(db, BATCH) },
  ];
  if (checkDays !== undefined) {
    const old = { days: checkDays, limit: BATCH };
    sweeps.push({ what: 'checks', deleteBatch: (from) => deleteOldChecks(db, { ...old, from }) });
  }
  if (auditLogDays !== undefined) {
    const old = { days: auditLogDays, limit: BATCH };
    sweeps.push({ what: 'audit events', deleteBatch: () => deleteOldAuditEvents(db, old) });
  }
  return sweeps;
}
