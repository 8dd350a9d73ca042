import type { Queryable } from '../../../db/pool.ts';
import { countFlows } from '../count-flows.ts';
import type { Conclusion, FlowResult, Incomplete } from '../schema.ts';

export interface CheckResult {
  readonly checkId: string;
  readonly leaseToken: string;
  readonly conclusion: Exclude<Conclusion, 'cancelled'>;
  readonly flows: readonly FlowResult[];
  /** Why the check could not run; set with the conclusion `error` only. */
  readonly error: string | null;
  readonly incomplete: Incomplete | null;
  readonly warnings: readonly string[];
}

/**
 * Ends a check once, with its whole result. Returns `false` if the lease is no longer ours, and then writes nothing. A
 * save that this process stopped waiting for may leave rows of progress behind: nobody reads them, and they are deleted
 * with the check.
 */
export async function finishCheck(db: Queryable, result: CheckResult): Promise<boolean> {
  const rows = await db.query({
    name: 'finish-check',
    text: `
      with ended as (
        update checks set
          status = case when $3::text = 'error' then 'failed' else 'finished' end,
          conclusion = $3::text, flows = $4::jsonb, error = $5::text,
          incomplete = $6::jsonb, warnings = $7::text[], counts = $8::jsonb,
          finished_at = now(), revision = revision + 1, claimable_at = null, lease_token = null
        where id = $1::uuid and lease_token = $2::uuid and status = 'running'
        returning id
      ),
      dropped as (
        delete from check_progress using ended where check_progress.check_id = ended.id
      )
      select id from ended`,
    values: [
      result.checkId,
      result.leaseToken,
      result.conclusion,
      JSON.stringify(result.flows),
      result.error,
      result.incomplete && JSON.stringify(result.incomplete),
      result.warnings,
      JSON.stringify(countFlows(result.flows)),
    ],
  });
  return rows.length > 0;
}
