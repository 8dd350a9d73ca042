import type { Queryable } from '../../../db/pool.ts';
import type { ClaimedCheck } from './claim-checks.ts';

export interface ReleaseOptions {
  /** Whether this attempt counts: no if the worker stops, yes if the check's process was lost. */
  readonly countsAttempt: boolean;
}

/** Gives a running check back to the queue, for any worker. */
export async function releaseCheck(
  db: Queryable,
  check: ClaimedCheck,
  { countsAttempt }: ReleaseOptions,
): Promise<void> {
  await db.query({
    name: 'release-check',
    text: `
      with released as (
        update checks
        set claimable_at = now(), lease_token = null, attempts = attempts - $3::integer
        where id = $1::uuid and lease_token = $2::uuid
        returning id
      )
      select pg_notify('qassandra_check_scheduled', '') from released`,
    values: [check.id, check.lease_token, countsAttempt ? 0 : 1],
  });
}
