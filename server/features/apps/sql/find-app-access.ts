import type { Caller } from '../../../auth/caller.ts';
import { type Queryable, takeRow } from '../../../db/pool.ts';
import type { Role } from '../../organizations/role.ts';
import type { AccessRow } from '../access-row.ts';
import type { AppReference } from '../app-reference.ts';
import type { AppRow } from '../app-row.ts';

/** Where there is no such app, its columns are all `null`; `id` tells. */
interface AppAccessRow extends Omit<AppRow, 'id'> {
  readonly key_app_id: string | null;
  readonly role: Role | null;
  readonly id: string | null;
}

export interface AppAccess extends AccessRow {
  readonly app: AppRow | undefined;
}

/**
 * What the caller may do with the app, and the app; notes the use of its key. `trigger-checks.ts` does the same
 * within its own statement.
 */
export async function findAppAccess(db: Queryable, caller: Caller, app: AppReference): Promise<AppAccess> {
  const rows = await db.query<AppAccessRow>({
    name: 'find-app-access',
    text: `
      with used as (
        update api_keys as key
        set last_used_at = now()
        from apps as app
        where key.key_hash = $3::bytea
          and key.app_id = app.id
          and (app.id = $1::uuid or app.alias = $2::text)
          and (key.last_used_at is null or key.last_used_at < now() - interval '30 seconds')
      )
      select
        key.app_id as key_app_id, member.role,
        app.id, app.alias, app.name, app.url, app.main_branch, app.repository_url, app.organization_id,
        app.created_at
      from (select) as always
      left join apps as app on app.id = $1::uuid or app.alias = $2::text
      left join api_keys as key on key.key_hash = $3::bytea
      left join members as member
        on member.organization_id = app.organization_id and member.user_id = $4::uuid`,
    values: [
      app.id,
      app.alias,
      caller.type === 'api_key' ? caller.key.hash : null,
      caller.type === 'session' ? caller.user.id : null,
    ],
  });
  const { key_app_id, role, ...found } = takeRow(rows);
  return found.id === null
    ? { key_app_id, role, app_id: null, app: undefined }
    : { key_app_id, role, app_id: found.id, app: { ...found, id: found.id } };
}
