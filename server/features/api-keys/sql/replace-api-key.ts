import type { ApiKeyAtRest } from '../../../auth/keys/api-key.ts';
import type { RequestOrigin } from '../../../auth/request-origin.ts';
import type { SessionUser } from '../../../auth/session/session.ts';
import type { Queryable } from '../../../db/pool.ts';
import { lockAdmin } from '../../apps/lock-admin.ts';
import type { ApiKeyRow } from './find-api-key.ts';

export interface NewApiKey {
  readonly appId: string;
  readonly key: ApiKeyAtRest;
  readonly user: SessionUser;
  readonly origin: RequestOrigin;
}

const ADMIN = lockAdmin({ appId: '$1::uuid', userId: '$5::uuid' });

/**
 * Makes `key` the app's key and writes an audit event. Once this is committed, no statement finds the key before it.
 * `old` reads the state before this statement: two simultaneous statements may both write "generated". `undefined`
 * if the app was removed meanwhile, or the user is no longer its admin.
 */
export async function replaceApiKey(
  db: Queryable,
  { appId, key, user, origin }: NewApiKey,
): Promise<ApiKeyRow | undefined> {
  const [row] = await db.query<ApiKeyRow>({
    name: 'replace-api-key',
    text: `
      with admin as (${ADMIN}),
      old as (
        select from api_keys where app_id = $1::uuid
      ),
      written as (
        insert into api_keys as key (app_id, key_hash, start, last_four, created_by)
        select admin.app_id, $2::bytea, $3::text, $4::text, $5::uuid from admin
        on conflict (app_id) do update set
          key_hash = excluded.key_hash,
          start = excluded.start,
          last_four = excluded.last_four,
          created_by = excluded.created_by,
          created_at = excluded.created_at,
          last_used_at = null
        returning key.start, key.last_four, key.created_at, key.created_by, key.last_used_at
      ),
      event as (
        insert into audit_events
          (app_id, action, actor_type, actor_user_id, actor_email, api_key_start, ip, user_agent)
        select
          $1::uuid,
          case when exists (select from old) then 'api_key.replaced' else 'api_key.generated' end,
          'user', $5::uuid, $6::text, $3::text, $7::text, $8::text
        from written
      )
      select start, last_four, created_at, created_by, $6::text as created_by_email, last_used_at
      from written`,
    values: [appId, key.hash, key.start, key.lastFour, user.id, user.email, origin.ip, origin.userAgent],
  });
  return row;
}
