import type { Queryable } from '../../../db/pool.ts';
import { lockAdmin } from '../../apps/lock-admin.ts';
import type { SecretChange } from './set-secret.ts';

const ADMIN = lockAdmin({ appId: '$1::uuid', userId: '$3::uuid' });

/**
 * Removes the secret and writes an audit event. `false` where there is none, or the user is no longer an admin. Rejects
 * with a foreign key violation where the check settings refer to it.
 */
export async function deleteSecret(
  db: Queryable,
  { appId, name, user, origin }: SecretChange,
): Promise<boolean> {
  const rows = await db.query({
    name: 'delete-secret',
    text: `
      with admin as (${ADMIN}),
      removed as (
        delete from secrets as secret using admin
        where secret.app_id = admin.app_id and secret.name = $2::text
        returning secret.app_id, secret.name
      )
      insert into audit_events
        (app_id, action, actor_type, actor_user_id, actor_email, secret_name, ip, user_agent)
      select app_id, 'secret.removed', 'user', $3::uuid, $4::text, name, $5::text, $6::text
      from removed
      returning id`,
    values: [appId, name, user.id, user.email, origin.ip, origin.userAgent],
  });
  return rows.length > 0;
}
