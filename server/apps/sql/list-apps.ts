import type { Queryable } from '../../db/pool.ts';
import type { AppRow } from '../app-row.ts';

/** The apps of all organizations that the user belongs to, by name. */
export async function listApps(db: Queryable, userId: string): Promise<AppRow[]> {
  return db.query<AppRow>({
    name: 'list-apps',
    text: `
      select app.id, app.alias, app.name, app.url, app.main_branch, app.organization_id, app.created_at
      from members as member
      join apps as app on app.organization_id = member.organization_id
      where member.user_id = $1::uuid
      order by lower(app.name), app.id`,
    values: [userId],
  });
}
