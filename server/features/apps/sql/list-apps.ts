import type { Queryable } from '../../../db/pool.ts';
import type { ListedAppRow } from '../app-row.ts';
import { RECENT_CHECKS } from '../schema.ts';

const CHECK = `
  json_build_object(
    'id', id, 'status', status, 'conclusion', conclusion, 'incomplete', incomplete, 'created_at', created_at
  )`;

/** The newest check of the app's main branch with this status. Its index has the checks of that status alone. */
function findMainCheck(status: 'finished' | 'failed'): string {
  return `
    select id, status, conclusion, incomplete, created_at
    from checks
    where app_id = app.id and metadata ->> 'branch' = app.main_branch and status = '${status}'
    order by created_at desc, id desc
    limit 1`;
}

/** The apps of all organizations that the user belongs to, by name. Reads at most a few checks of each app. */
export async function listApps(db: Queryable, userId: string): Promise<ListedAppRow[]> {
  return db.query<ListedAppRow>({
    name: 'list-apps',
    text: `
      select
        app.id, app.alias, app.name, app.url, app.main_branch, app.repository_url, app.organization_id,
        app.created_at, main.summary as main_check, last.summary as last_check, recent.conclusions
      from members as member
      join apps as app on app.organization_id = member.organization_id
      left join lateral (
        select ${CHECK} as summary
        from ((${findMainCheck('finished')}) union all (${findMainCheck('failed')})) as newest
        order by created_at desc, id desc
        limit 1
      ) as main on true
      left join lateral (
        select ${CHECK} as summary
        from checks
        where app_id = app.id and settings is null
        order by created_at desc, id desc
        limit 1
      ) as last on true
      cross join lateral (
        select coalesce(array_agg(result order by created_at, id), '{}') as conclusions
        from (
          select
            created_at, id,
            case when conclusion = 'success' and incomplete is not null then 'incomplete' else conclusion end
              as result
          from checks
          where app_id = app.id and settings is null and conclusion is not null
          order by created_at desc, id desc
          limit ${RECENT_CHECKS}
        ) as ended
      ) as recent
      where member.user_id = $1::uuid
      order by lower(app.name), app.id`,
    values: [userId],
  });
}
