import type { Queryable } from '../../../db/pool.ts';
import type { ClaimedCheck } from './claim-checks.ts';

/** Gives a running check back to the queue, for any worker, without counting the attempt. */
export async function releaseCheck(db: Queryable, check: ClaimedCheck): Promise<void> {
  await db.query({
    name: 'release-check',
    text: `
      with released as (
        update checks
        set claimable_at = now(), lease_token = null, attempts = attempts - 1
        where id = $1::uuid and lease_token = $2::uuid
        returning id
      )
      select pg_notify('qassandra_check_scheduled', '') from released`,
    values: [check.id, check.lease_token],
  });
}
