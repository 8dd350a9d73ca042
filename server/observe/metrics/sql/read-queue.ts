import { type Queryable, takeRow } from '../../../db/pool.ts';

export interface QueueRow {
  /** Checks that a worker could take now: scheduled ones, and those whose worker was lost. Counted up to 50,000. */
  readonly waiting: number;
  /** Checks that a worker holds. */
  readonly running: number;
  /** How long a worker could have taken the oldest waiting check already; 0 if none waits. */
  readonly oldest_age_seconds: number;
}

/**
 * Reads the queue of all processes. Uses only the partial index on `claimable_at`, which holds no ended checks, so the
 * query is short however long the queue is.
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
