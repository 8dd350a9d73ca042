import { type SweptBatch, TURN } from '../../../db/housekeeping-turn.ts';
import { type Queryable, takeRow } from '../../../db/pool.ts';
import { matchBranchCheck } from '../check-row.ts';

export interface OldChecks {
  readonly days: number;
  /** At most this many checks in one statement. */
  readonly limit: number;
  /** `next` of the previous batch; `null` to start from the first app. */
  readonly from: string | null;
}

/**
 * Removes ended checks of a few apps that are older than `days`, the oldest of each app first. Keeps an app's newest
 * check, which its pages show, and the newest finished check of its main branch, which others are compared with,
 * however old they are. Reads app by app, so that the index that lists an app's checks finds them: another index would
 * slow triggers down.
 */
export async function deleteOldChecks(db: Queryable, { days, limit, from }: OldChecks): Promise<SweptBatch> {
  const rows = await db.query<SweptBatch>({
    name: 'delete-old-checks',
    text: `
      with ${TURN},
      page as (
        select id, main_branch
        from apps
        where ($3::uuid is null or id >= $3::uuid) and (select is_ours from turn)
        order by id
        limit 100
      ),
      old as (
        select stale.id
        from page
        left join lateral (
          select id
          from checks
          where app_id = page.id and settings is null
          order by created_at desc, id desc
          limit 1
        ) as newest on true
        left join lateral (
          select id
          from checks
          where app_id = page.id and metadata ->> 'branch' = page.main_branch and status = 'finished'
            and ${matchBranchCheck('checks')}
          order by created_at desc, id desc
          limit 1
        ) as baseline on true
        cross join lateral (
          select id
          from checks
          where app_id = page.id
            and created_at < now() - make_interval(days => $1::integer)
            and claimable_at is null
            and id is distinct from newest.id
            and id is distinct from baseline.id
          order by created_at, id
          limit $2::integer
        ) as stale
        limit $2::integer
      ),
      deleted as (
        delete from checks using old where checks.id = old.id returning 1
      ),
      done as (
        select count(*)::integer as deleted from deleted
      )
      select
        turn.is_ours, done.deleted,
        -- After a full batch, the same apps may have more.
        case when done.deleted = $2::integer then coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
          else (select id from apps where id > (select id from page order by id desc limit 1) order by id limit 1)
        end as next
      from turn, done`,
    values: [days, limit, from],
  });
  return takeRow(rows);
}
