/**
 * The turn to clean up, for the statement that has this in a `with`: of several processes that try at the same
 * moment one has it, and the others go on with something else. Given back when the statement ends.
 */
export const TURN = `turn as materialized (
        select pg_try_advisory_xact_lock(hashtext('qassandra housekeeping')) as is_ours
      )`;

/**
 * The end of a statement that removes the first `$1` rows of what is over, in a part that it calls `deleted`: a
 * `SweptBatch`. After a full batch the next one starts at the first again.
 */
export const SWEPT = `done as (
        select count(*)::integer as deleted from deleted
      )
      select
        turn.is_ours, done.deleted,
        case when done.deleted = $1::integer then 'first' end as next
      from turn, done`;

/** What became of one batch. Not ours: another process was at it, and nothing was done. */
export interface SweptBatch {
  readonly is_ours: boolean;
  readonly deleted: number;
  /** Where the next batch starts; `null`: this was the last one. */
  readonly next: string | null;
}
