import type { Queryable } from '../../../db/pool.ts';
import type { InvitationRow } from '../invitation-row.ts';

/** The organization's open invitations, by email. */
export async function listInvitations(db: Queryable, organizationId: string): Promise<InvitationRow[]> {
  return db.query<InvitationRow>({
    name: 'list-invitations',
    text: `
      select
        invitation.id, invitation.email, invitation.role, invitation.invited_by,
        inviter.email as invited_by_email, invitation.created_at, invitation.expires_at
      from invitations as invitation
      left join users as inviter on inviter.id = invitation.invited_by
      where invitation.organization_id = $1::uuid and invitation.expires_at > now()
      order by invitation.email`,
    values: [organizationId],
  });
}
