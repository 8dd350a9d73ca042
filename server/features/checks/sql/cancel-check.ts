import type { Queryable } from '../../../db/pool.ts';

export interface CheckCancellation {
  readonly appId: string;
  readonly checkId: string | null;
}

/**
 * Ends a check that has not ended, at once. Without the lease, later writes of its worker change
 * nothing, and the worker notices at its next heartbeat. Returns `false` if there was nothing to cancel.
 * Read the check afterwards: this statement does not see flows that are saved while it waits for the row.
 */
export async function cancelCheck(db: Queryable, { appId, checkId }: CheckCancellation): Promise<boolean> {
  const rows = await db.query({
    name: 'cancel-check',
    text: `
      update checks set
        status = 'cancelled', conclusion = 'cancelled', finished_at = now(), revision = revision + 1,
        claimable_at = null, lease_token = null
      where id = $2::uuid and app_id = $1::uuid and status in ('scheduled', 'running')
      returning pg_notify('qassandra_check_changed', id::text) as notified`,
    values: [appId, checkId],
  });
  return rows.length > 0;
}
