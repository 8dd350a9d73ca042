import type { Queryable } from '../../../db/pool.ts';

/** A check that this process may run as long as it renews the lease. */
export interface ClaimedCheck {
  readonly id: string;
  readonly app_id: string;
  readonly target_url: string;
  readonly discover_flows: boolean;
  readonly lease_token: string;
  /** How often the check was started, this time included. */
  readonly attempts: number;
}

export interface Claim {
  readonly limit: number;
  readonly leaseSeconds: number;
}

/**
 * Takes the checks that have waited longest: scheduled ones, and running ones whose worker let its lease run
 * out. Drops the flows of an earlier attempt, since the check starts anew. A worker that saved at this very moment
 * may leave rows of progress that this statement does not see; its lease tells readers to ignore them.
 */
export async function claimChecks(db: Queryable, { limit, leaseSeconds }: Claim): Promise<ClaimedCheck[]> {
  return db.query<ClaimedCheck>({
    name: 'claim-checks',
    text: `
      with next as (
        select id
        from (
          -- With only a parameter as its limit, PostgreSQL plans for a tenth of all rows, and sorts them.
          select id
          from checks
          where claimable_at <= now()
          order by claimable_at
          limit 100
          for update skip locked
        ) as waiting
        limit $1::integer
      ),
      claimed as (
        update checks set
          status = 'running', started_at = coalesce(started_at, now()), flows = '[]', revision = revision + 1,
          claimable_at = now() + make_interval(secs => $2::double precision),
          lease_token = gen_random_uuid(), attempts = attempts + 1
        where id = any (array(select id from next))
        returning id, app_id, target_url, metadata, lease_token, attempts
      ),
      dropped as (
        delete from check_progress where check_id = any (array(select id from next))
      )
      select
        id, app_id, target_url, coalesce((metadata ->> 'discover_flows')::boolean, false) as discover_flows,
        lease_token, attempts
      from claimed`,
    values: [limit, leaseSeconds],
  });
}
