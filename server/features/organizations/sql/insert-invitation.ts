import type { SessionUser } from '../../../auth/session/session.ts';
import type { Queryable } from '../../../db/pool.ts';
import type { Role } from '../role.ts';

export interface NewInvitation {
  readonly organizationId: string;
  /** In lower case. */
  readonly email: string;
  readonly role: Role;
  /** The admin who invites. */
  readonly actor: SessionUser;
}

interface InvitedRow {
  /** The id of the new member, or of the open invitation. */
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly created_at: Date;
}

export type InvitationOutcome =
  | (InvitedRow & { readonly kind: 'member'; readonly expires_at: null })
  | (InvitedRow & { readonly kind: 'invitation'; readonly expires_at: Date });

/**
 * Makes the user with this address a member. If there is no such user, stores an invitation or renews the open one.
 * `undefined` where the user is a member already, or the actor is no longer an admin.
 * Misses a user who signs in for the first time at this very moment: `ensure-user.ts` runs again within a minute and
 * accepts the invitation.
 */
export async function insertInvitation(
  db: Queryable,
  { organizationId, email, role, actor }: NewInvitation,
): Promise<InvitationOutcome | undefined> {
  const [outcome] = await db.query<InvitationOutcome>({
    name: 'insert-invitation',
    text: `
      with actor as (
        -- Waits for a statement that is removing this admin: nobody may be invited after that.
        select user_id
        from members
        where organization_id = $1::uuid and user_id = $4::uuid and role = 'admin'
        for share
      ),
      invitee as (
        select id, email
        from users
        where lower(email) = $2::text
        order by created_at desc, id
        limit 1
      ),
      joined as (
        insert into members (organization_id, user_id, role)
        select $1::uuid, invitee.id, $3::text
        from actor, invitee
        on conflict (organization_id, user_id) do nothing
        returning user_id, role, created_at
      ),
      waiting as (
        insert into invitations as kept (organization_id, email, role, invited_by)
        select $1::uuid, $2::text, $3::text, actor.user_id
        from actor
        where not exists (select from invitee)
        on conflict (organization_id, email) do update set
          role = excluded.role,
          invited_by = excluded.invited_by,
          expires_at = excluded.expires_at
        returning kept.id, kept.email, kept.role, kept.created_at, kept.expires_at
      ),
      settled as (
        delete from invitations as invitation
        using actor, invitee
        where invitation.organization_id = $1::uuid and invitation.email = $2::text
      ),
      expired as (
        delete from invitations
        where organization_id = $1::uuid and email <> $2::text and expires_at <= now()
      )
      select
        'member' as kind, joined.user_id as id, invitee.email, joined.role, joined.created_at,
        null::timestamptz as expires_at
      from joined, invitee
      union all
      select 'invitation', id, email, role, created_at, expires_at
      from waiting`,
    values: [organizationId, email, role, actor.id],
  });
  return outcome;
}
