import { SWEPT, type SweptBatch, TURN } from '../../../db/housekeeping-turn.ts';
import { type Queryable, takeRow } from '../../../db/pool.ts';

/** Removes claims that `trigger-checks.ts` no longer honours, at most `limit` of them. */
export async function deleteExpiredIdempotencyKeys(db: Queryable, limit: number): Promise<SweptBatch> {
  const rows = await db.query<SweptBatch>({
    name: 'delete-expired-idempotency-keys',
    text: `
      with ${TURN},
      expired as (
        select app_id, key
        from idempotency_keys
        where created_at < now() - interval '24 hours' and (select is_ours from turn)
        order by created_at
        limit $1::integer
      ),
      deleted as (
        -- Asked again: a trigger may have taken the key anew a moment ago.
        delete from idempotency_keys as claim using expired
        where claim.app_id = expired.app_id and claim.key = expired.key
          and claim.created_at < now() - interval '24 hours'
        returning 1
      ),
      ${SWEPT}`,
    values: [limit],
  });
  return takeRow(rows);
}
