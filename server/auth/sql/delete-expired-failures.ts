import { SWEPT, type SweptBatch, TURN } from '../../db/housekeeping-turn.ts';
import { type Queryable, takeRow } from '../../db/pool.ts';

/** Removes counts of failed authentication whose window has ended, at most `limit` of them. */
export async function deleteExpiredFailures(db: Queryable, limit: number): Promise<SweptBatch> {
  const rows = await db.query<SweptBatch>({
    name: 'delete-expired-failures',
    text: `
      with ${TURN},
      expired as (
        select key
        from failed_authentications
        where expire < $2::bigint and (select is_ours from turn)
        limit $1::integer
      ),
      deleted as (
        -- Check again: a failure may have started a new window a moment ago.
        delete from failed_authentications as failure using expired
        where failure.key = expired.key and failure.expire < $2::bigint
        returning 1
      ),
      ${SWEPT}`,
    // Use the clock of the process, which also wrote the windows.
    values: [limit, Date.now()],
  });
  return takeRow(rows);
}
