/**
 * The turn to clean up, as part of a statement's `with`. If several processes try at the same moment, one gets the turn
 * and the others skip the sweep. The turn ends with the statement.
 */
export const TURN = `turn as materialized (
        select pg_try_advisory_xact_lock(hashtext('qassandra housekeeping')) as is_ours
      )`;

/**
 * The end of a statement that removes at most `$1` rows in a `with` part named `deleted`. Its row is a `SweptBatch`.
 * After a full batch, the next one starts from the first row again.
 */
export const SWEPT = `done as (
        select count(*)::integer as deleted from deleted
      )
      select
        turn.is_ours, done.deleted,
        case when done.deleted = $1::integer then 'first' end as next
      from turn, done`;

/** The result of one batch. If `is_ours` is false, another process had the turn and nothing was removed. */
export interface SweptBatch {
  readonly is_ours: boolean;
  readonly deleted: number;
  /** Where the next batch starts; `null`: this was the last one. */
  readonly next: string | null;
}
