import type { Queryable } from '../../../db/pool.ts';
import type { FlowResult } from '../schema.ts';

export interface Progress {
  readonly checkId: string;
  readonly leaseToken: string;
  /** The flows that ended since the last save. */
  readonly flows: readonly FlowResult[];
  /** How many flows ended before the first of them. */
  readonly position: number;
  /** How many flows the runner knows of; `null` where it cannot tell. */
  readonly known: number | null;
}

/**
 * Shows readers the flows that have ended. Returns `false` where the lease is no longer ours, and then writes
 * nothing. The same flows may be saved again, for example when the answer to the first save was lost.
 */
export async function saveProgress(
  db: Queryable,
  { checkId, leaseToken, flows, position, known }: Progress,
): Promise<boolean> {
  const rows = await db.query({
    name: 'save-progress',
    text: `
      with held as (
        update checks
        set revision = revision + 1, known_flows = $5::integer
        where id = $1::uuid and lease_token = $2::uuid and status = 'running'
        returning id
      ),
      saved as (
        insert into check_progress (check_id, position, lease_token, flow)
        select held.id, $3::integer + ended.number - 1, $2::uuid, ended.flow
        from held, jsonb_array_elements($4::jsonb) with ordinality as ended (flow, number)
        on conflict (check_id, position) do update set lease_token = excluded.lease_token, flow = excluded.flow
      )
      select id from held`,
    values: [checkId, leaseToken, position, JSON.stringify(flows), known],
  });
  return rows.length > 0;
}
