import type { Queryable } from '../../../db/pool.ts';

/** A check that this process may run for as long as it renews the lease. */
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
 * out. What an earlier attempt found is dropped, since it starts anew.
 */
export async function claimChecks(db: Queryable, { limit, leaseSeconds }: Claim): Promise<ClaimedCheck[]> {
  return db.query<ClaimedCheck>({
    name: 'claim-checks',
    text: `
      with next as (
        select id
        from (
          -- Where the limit is a parameter alone, a plan expects a tenth of all rows, and sorts them.
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
      )
      select
        id, app_id, target_url, coalesce((metadata ->> 'discover_flows')::boolean, false) as discover_flows,
        lease_token, attempts
      from claimed`,
    values: [limit, leaseSeconds],
  });
}
