import type { RequestOrigin } from '../../../auth/request-origin.ts';
import type { SessionUser } from '../../../auth/session/session.ts';
import type { Queryable } from '../../../db/pool.ts';
import { lockAdmin } from '../../apps/lock-admin.ts';

export interface ApiKeyRemoval {
  readonly appId: string;
  readonly user: SessionUser;
  readonly origin: RequestOrigin;
}

const ADMIN = lockAdmin({ appId: '$1::uuid', userId: '$2::uuid' });

/** Removes the app's key and writes an audit event; `false` if there is no key, or the user is no longer an admin. */
export async function deleteApiKey(db: Queryable, { appId, user, origin }: ApiKeyRemoval): Promise<boolean> {
  const rows = await db.query({
    name: 'delete-api-key',
    text: `
      with admin as (${ADMIN}),
      removed as (
        delete from api_keys as key using admin where key.app_id = admin.app_id returning key.start
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
