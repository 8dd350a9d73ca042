import type { Queryable } from '../../../db/pool.ts';
import type { ListedAppRow } from '../app-row.ts';

/** The apps of all organizations that the user belongs to, by name. */
export async function listApps(db: Queryable, userId: string): Promise<ListedAppRow[]> {
  return db.query<ListedAppRow>({
    name: 'list-apps',
    text: `
      select
        app.id, app.alias, app.name, app.url, app.main_branch, app.repository_url, app.organization_id,
        app.created_at,
        last.id as check_id, last.status as check_status, last.conclusion as check_conclusion,
        last.created_at as check_created_at, last.incomplete as check_incomplete
      from members as member
      join apps as app on app.organization_id = member.organization_id
      left join lateral (
        select id, status, conclusion, incomplete, created_at
        from checks
        where app_id = app.id and settings is null
        order by created_at desc, id desc
        limit 1
      ) as last on true
      where member.user_id = $1::uuid
      order by lower(app.name), app.id`,
    values: [userId],
  });
}
