import type { Queryable } from '../../db/pool.ts';
import type { SessionUser } from '../session/session.ts';

/**
 * Stores a user at the first sign-in, as admin of a personal organization, and makes them a member of every
 * organization that has invited their address. For a known user, updates the address to the one that the identity
 * provider has now, and accepts the invitations of that address.
 */
export async function ensureUser(db: Queryable, user: SessionUser): Promise<void> {
  await db.query({
    name: 'ensure-user',
    text: `
      with new_user as (
        insert into users (id, email)
        values ($1::uuid, $2::text)
        on conflict (id) do nothing
        returning id
      ),
      moved as (
        update users set email = $2::text where id = $1::uuid and email <> $2::text
      ),
      personal as (
        insert into organizations (name)
        select $3::text from new_user
        returning id
      ),
      accepted as (
        -- No invitation has an empty address, so a user without an address accepts none.
        delete from invitations
        where email = lower($2::text) and expires_at > now()
        returning organization_id, role
      )
      insert into members (organization_id, user_id, role)
      select id, $1::uuid, 'admin' from personal
      union all
      select organization_id, $1::uuid, role from accepted
      on conflict (organization_id, user_id) do nothing`,
    values: [user.id, user.email, user.email.split('@')[0] || 'personal'],
  });
}
