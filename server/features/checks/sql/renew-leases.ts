import type { Queryable } from '../../../db/pool.ts';

export interface LeaseRenewal {
  readonly leases: readonly { readonly id: string; readonly lease_token: string }[];
  readonly leaseSeconds: number;
}

/** Renews the leases that are still valid and returns their tokens. The other checks were cancelled or taken over. */
export async function renewLeases(
  db: Queryable,
  { leases, leaseSeconds }: LeaseRenewal,
): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ lease_token: string }>({
    name: 'renew-leases',
    text: `
      update checks
      set claimable_at = now() + make_interval(secs => $2::double precision)
      where id = any($1::uuid[]) and lease_token = any($3::uuid[])
      returning lease_token`,
    values: [leases.map(({ id }) => id), leaseSeconds, leases.map(({ lease_token }) => lease_token)],
  });
  return new Set(rows.map((row) => row.lease_token));
}
