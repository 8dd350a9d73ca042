import type { Queryable } from '../../../db/pool.ts';
import { CHECK_COLUMNS, type CheckRow } from '../check-row.ts';

export interface CheckCancellation {
  readonly appId: string;
  readonly checkId: string | null;
}

/**
 * Ends a check that has not ended, at once: taking the lease away makes all that its worker still writes come
 * to nothing, and the worker notices at its next heartbeat. `undefined` where there was nothing to cancel.
 */
export async function cancelCheck(
  db: Queryable,
  { appId, checkId }: CheckCancellation,
): Promise<CheckRow | undefined> {
  const [row] = await db.query<CheckRow>({
    name: 'cancel-check',
    text: `
      update checks set
        status = 'cancelled', conclusion = 'cancelled', finished_at = now(), revision = revision + 1,
        claimable_at = null, lease_token = null
      where id = $2::uuid and app_id = $1::uuid and status in ('scheduled', 'running')
      returning ${CHECK_COLUMNS}, pg_notify('qassandra_check_changed', id::text) as notified`,
    values: [appId, checkId],
  });
  return row;
}
