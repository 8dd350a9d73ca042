import type { Sweep } from '../../db/housekeeping.ts';
import type { Queryable } from '../../db/pool.ts';
import { deleteExpiredFailures } from '../sql/delete-expired-failures.ts';

/** Removes counts of failed authentication whose window is over. */
export function createFailureSweep(db: Queryable): Sweep {
  return {
    what: 'counts of failed authentication',
    deleteBatch: ({ limit }) => deleteExpiredFailures(db, limit),
  };
}
