import type { Caller } from '../../../auth/caller.ts';
import { matchKeyInForce, noteKeyUse } from '../../../auth/keys/key-in-force.ts';
import { type Queryable, takeRow } from '../../../db/pool.ts';
import type { Role } from '../../organizations/role.ts';
import type { AccessRow } from '../access-row.ts';
import type { AppReference } from '../app-reference.ts';
import type { AppRow } from '../app-row.ts';

/** If there is no such app, `id` and all its other columns are `null`. */
interface AppAccessRow extends Omit<AppRow, 'id'> {
  readonly key_app_id: string | null;
  readonly role: Role | null;
  readonly id: string | null;
}

export interface AppAccess extends AccessRow {
  readonly app: AppRow | undefined;
}

const USED = noteKeyUse({
  keyHash: '$3::bytea',
  from: 'apps as app',
  where: 'key.app_id = app.id and (app.id = $1::uuid or app.alias = $2::text)',
});

const TEXT = `
  with used as (${USED})
  select
    key.app_id as key_app_id, member.role,
    app.id, app.alias, app.name, app.url, app.main_branch, app.repository_url, app.organization_id,
    app.created_at
  from (select) as always
  left join apps as app on app.id = $1::uuid or app.alias = $2::text
  left join api_keys as key on ${matchKeyInForce('$3::bytea')}
  left join members as member
    on member.organization_id = app.organization_id and member.user_id = $4::uuid`;

/**
 * Finds the app and what the caller may do with it, and notes the use of the caller's key. `trigger-checks.ts` does
 * the same in its own statement.
 */
export async function findAppAccess(db: Queryable, caller: Caller, app: AppReference): Promise<AppAccess> {
  const rows = await db.query<AppAccessRow>({
    name: 'find-app-access',
    text: TEXT,
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
