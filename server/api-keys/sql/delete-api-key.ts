import type { RequestOrigin } from '../../auth/request-origin.ts';
import type { SessionUser } from '../../auth/session.ts';
import type { Queryable } from '../../db/pool.ts';

export interface ApiKeyRemoval {
  readonly appId: string;
  readonly user: SessionUser;
  readonly origin: RequestOrigin;
}

/** Removes the app's key and notes who did; `false` where there was none. */
export async function deleteApiKey(db: Queryable, { appId, user, origin }: ApiKeyRemoval): Promise<boolean> {
  const rows = await db.query({
    name: 'delete-api-key',
    text: `
      with removed as (
        delete from api_keys where app_id = $1::uuid returning start
      )
      insert into audit_events
        (app_id, action, actor_type, actor_user_id, actor_email, api_key_start, ip, user_agent)
      select $1::uuid, 'api_key.removed', 'user', $2::uuid, $3::text, start, $4::text, $5::text
      from removed
      returning id`,
    values: [appId, user.id, user.email, origin.ip, origin.userAgent],
  });
  return rows.length > 0;
}
