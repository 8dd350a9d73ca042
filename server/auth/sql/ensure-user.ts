import type { Queryable } from '../../db/pool.ts';
import type { SessionUser } from '../session.ts';

/** Stores a user at the first sign-in, as admin of an organization of their own. Does nothing for a known one. */
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
      personal as (
        insert into organizations (name)
        select $3::text from new_user
        returning id
      )
      insert into members (organization_id, user_id, role)
      select personal.id, new_user.id, 'admin'
      from personal, new_user`,
    values: [user.id, user.email, user.email.split('@')[0] || 'personal'],
  });
}
