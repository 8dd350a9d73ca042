import { type Queryable, takeRow } from '../../db/pool.ts';

export interface QueueRow {
  /** Checks that a worker could take now: scheduled ones, and those whose worker was lost. */
  readonly waiting: number;
  /** Checks that a worker holds. */
  readonly running: number;
  /** How long the first of those that wait could have been taken already; 0 where none waits. */
  readonly oldest_age_seconds: number;
}

/** The queue of all processes, from the partial index on `claimable_at` alone, which has no ended check in it. */
export async function readQueue(db: Queryable): Promise<QueueRow> {
  const rows = await db.query<QueueRow>({
    name: 'read-queue',
    text: `
      select
        count(*) filter (where claimable_at <= now())::integer as waiting,
        count(*) filter (where claimable_at > now())::integer as running,
        coalesce(greatest(extract(epoch from now() - min(claimable_at)), 0), 0)::double precision
          as oldest_age_seconds
      from checks
      where claimable_at is not null`,
  });
  return takeRow(rows);
}
