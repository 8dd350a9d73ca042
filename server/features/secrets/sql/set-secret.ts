import type { RequestOrigin } from '../../../auth/request-origin.ts';
import type { SessionUser } from '../../../auth/session/session.ts';
import type { Queryable } from '../../../db/pool.ts';
import { lockAdmin } from '../../apps/lock-admin.ts';
import type { SealedSecret } from '../secret-box.ts';

export interface SecretChange {
  readonly appId: string;
  readonly name: string;
  readonly user: SessionUser;
  readonly origin: RequestOrigin;
}

export interface NewSecret extends SecretChange {
  readonly sealed: SealedSecret;
}

const ADMIN = lockAdmin({ appId: '$1::uuid', userId: '$3::uuid' });

/**
 * Stores the secret in the place of its former value, or in the first place that is free, and writes an audit event.
 * `false` where no place is free, the app is gone, or the user is no longer an admin of it. Rejects with a unique
 * violation where another secret takes the same place at this moment: try again then.
 */
export async function setSecret(
  db: Queryable,
  { appId, name, user, origin, sealed }: NewSecret,
): Promise<boolean> {
  const rows = await db.query({
    name: 'set-secret',
    text: `
      with admin as (${ADMIN}),
      place as (
        select coalesce(
          (select place from secrets where app_id = $1::uuid and name = $2::text),
          (
            select number
            from generate_series(1, 100) as number
            where not exists (select from secrets where app_id = $1::uuid and place = number)
            order by number
            limit 1
          )
        ) as number
      ),
      written as (
        insert into secrets (app_id, name, place, key_id, nonce, ciphertext, updated_by)
        select admin.app_id, $2::text, place.number, $5::text, $6::bytea, $7::bytea, $3::uuid
        from admin, place
        where place.number is not null
        on conflict (app_id, name) do update set
          key_id = excluded.key_id,
          nonce = excluded.nonce,
          ciphertext = excluded.ciphertext,
          updated_at = excluded.updated_at,
          updated_by = excluded.updated_by
        returning app_id, name
      )
      insert into audit_events
        (app_id, action, actor_type, actor_user_id, actor_email, secret_name, ip, user_agent)
      select app_id, 'secret.set', 'user', $3::uuid, $4::text, name, $8::text, $9::text
      from written
      returning id`,
    values: [
      appId,
      name,
      user.id,
      user.email,
      sealed.key_id,
      sealed.nonce,
      sealed.ciphertext,
      origin.ip,
      origin.userAgent,
    ],
  });
  return rows.length > 0;
}
