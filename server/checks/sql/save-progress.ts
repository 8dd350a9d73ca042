import type { Queryable } from '../../db/pool.ts';
import type { Flow } from '../schema.ts';

export interface Progress {
  readonly checkId: string;
  readonly leaseToken: string;
  readonly flows: readonly Flow[];
}

/** Shows readers the flows that have ended so far, unless the lease is no longer ours. */
export async function saveProgress(db: Queryable, { checkId, leaseToken, flows }: Progress): Promise<void> {
  await db.query({
    name: 'save-progress',
    text: `
      update checks
      set flows = $3::jsonb, revision = revision + 1
      where id = $1::uuid and lease_token = $2::uuid and status = 'running'`,
    values: [checkId, leaseToken, JSON.stringify(flows)],
  });
}
