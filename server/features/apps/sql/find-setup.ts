import { type Queryable, takeRow } from '../../../db/pool.ts';
import type { AccessRow } from '../access-row.ts';
import type { AppReference } from '../app-reference.ts';
import type { Setup } from '../schema.ts';

/** Without an app, or without a role in its organization, all of `Setup` is false. */
interface SetupRow extends AccessRow, Setup {}

/**
 * What the user may do with the app, and which of its first steps are done. The newest check of each kind is asked for,
 * so that the plan goes by an index, also one that was made while the tables were empty.
 */
export async function findSetup(db: Queryable, userId: string, app: AppReference): Promise<SetupRow> {
  const rows = await db.query<SetupRow>({
    name: 'find-setup',
    text: `
      select
        null as key_app_id, app.id as app_id, member.role,
        key.app_id is not null as has_api_key,
        coalesce(key.last_used_at is not null, false) as is_api_key_used,
        coalesce(ci.is_found, false) as has_ci_check,
        coalesce(pull.is_found, false) as has_pull_request_check
      from (select) as always
      left join apps as app on app.id = $1::uuid or app.alias = $2::text
      left join members as member
        on member.organization_id = app.organization_id and member.user_id = $3::uuid
      left join lateral (
        select app_id, last_used_at from api_keys where app_id = app.id and member.role is not null limit 1
      ) as key on true
      left join lateral (
        select true as is_found
        from checks
        where app_id = app.id and member.role is not null and triggered_by = 'api_key'
        order by created_at desc, id desc
        limit 1
      ) as ci on true
      left join lateral (
        select true as is_found
        from checks
        where app_id = app.id
          and member.role is not null
          and triggered_by = 'api_key'
          and metadata ? 'pull_request_id'
          and conclusion is not null
        order by created_at desc, id desc
        limit 1
      ) as pull on true`,
    values: [app.id, app.alias, userId],
  });
  return takeRow(rows);
}
