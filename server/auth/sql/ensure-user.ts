import type { Queryable } from '../../db/pool.ts';
import type { SessionUser } from '../session/session.ts';

/**
 * Stores a user at the first sign-in, as admin of an organization of their own, and makes them a member wherever
 * an invitation waits for their address. A known user gets the address that the identity provider has now, and
 * what waits for that one.
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
        -- No invitation has an empty address, so a user without one takes none.
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
