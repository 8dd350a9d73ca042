import type { Sweep } from '../../db/housekeeping.ts';
import type { Queryable } from '../../db/pool.ts';
import { deleteExpiredIdempotencyKeys } from './sql/delete-expired-idempotency-keys.ts';
import { deleteOldChecks } from './sql/delete-old-checks.ts';

/** Removes expired idempotency keys, and ended checks older than `checkDays` (`undefined`: kept for ever). */
export function createCheckSweeps(
  db: Queryable,
  { checkDays }: { readonly checkDays: number | undefined },
): Sweep[] {
  const keys: Sweep = {
    what: 'idempotency keys',
    deleteBatch: ({ limit }) => deleteExpiredIdempotencyKeys(db, limit),
  };
  if (checkDays === undefined) {
    return [keys];
  }
  return [
    keys,
    { what: 'checks', deleteBatch: (batch) => deleteOldChecks(db, { ...batch, days: checkDays }) },
  ];
}
