import { type Queryable, takeRow } from '../../../db/pool.ts';

export interface QueueRow {
  /** Checks that a worker could take now: scheduled ones, and those whose worker was lost. Counted up to 50,000. */
  readonly waiting: number;
  /** Checks that a worker holds. */
  readonly running: number;
  /** How long the first of those that wait could have been taken already; 0 where none waits. */
  readonly oldest_age_seconds: number;
}

/**
 * The queue of all processes, from the partial index on `claimable_at` alone, which has no ended check in it.
 * However long it is, the look at it is short.
 */
export async function readQueue(db: Queryable): Promise<QueueRow> {
  const rows = await db.query<QueueRow>({
    name: 'read-queue',
    text: `
      select
        (
          select count(*)::integer
          from (select from checks where claimable_at <= now() limit 50000) as claimable
        ) as waiting,
        (select count(*)::integer from checks where claimable_at > now()) as running,
        (
          select coalesce(greatest(extract(epoch from now() - min(claimable_at)), 0), 0)::double precision
          from checks
          where claimable_at is not null
        ) as oldest_age_seconds`,
  });
  return takeRow(rows);
}
