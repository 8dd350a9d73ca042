import { SWEPT, type SweptBatch, TURN } from '../../../db/housekeeping-turn.ts';
import { type Queryable, takeRow } from '../../../db/pool.ts';

export interface OldAuditEvents {
  readonly days: number;
  /** At most this many events are removed. */
  readonly limit: number;
}

/** Removes events that are older than `days`. Their ids grow with time, so the first ones are the oldest. */
export async function deleteOldAuditEvents(
  db: Queryable,
  { days, limit }: OldAuditEvents,
): Promise<SweptBatch> {
  const rows = await db.query<SweptBatch>({
    name: 'delete-old-audit-events',
    text: `
      with ${TURN},
      first as (
        select id
        from audit_events
        where (select is_ours from turn)
        order by id
        limit $1::integer
      ),
      deleted as (
        delete from audit_events as event using first
        where event.id = first.id and event.created_at < now() - make_interval(days => $2::integer)
        returning 1
      ),
      ${SWEPT}`,
    values: [limit, days],
  });
  return takeRow(rows);
}
