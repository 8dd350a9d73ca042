import type { Queryable } from '../../../db/pool.ts';
import type { FlowResult } from '../schema.ts';

export interface Progress {
  readonly checkId: string;
  readonly leaseToken: string;
  readonly flows: readonly FlowResult[];
}

/** Shows readers the flows that have ended so far: `false` where the lease is no longer ours, and nothing is written. */
export async function saveProgress(
  db: Queryable,
  { checkId, leaseToken, flows }: Progress,
): Promise<boolean> {
  const rows = await db.query({
    name: 'save-progress',
    text: `
      update checks
      set flows = $3::jsonb, revision = revision + 1
      where id = $1::uuid and lease_token = $2::uuid and status = 'running'
      returning id`,
    values: [checkId, leaseToken, JSON.stringify(flows)],
  });
  return rows.length > 0;
}
