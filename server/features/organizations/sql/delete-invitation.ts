import type { Queryable } from '../../../db/pool.ts';

export interface InvitationRemoval {
  readonly organizationId: string;
  readonly invitationId: string | null;
}

/** Takes an invitation back; `false` where it does not wait any more, or never did. */
export async function deleteInvitation(
  db: Queryable,
  { organizationId, invitationId }: InvitationRemoval,
): Promise<boolean> {
  const rows = await db.query({
    name: 'delete-invitation',
    text: `
      delete from invitations
      where organization_id = $1::uuid and id = $2::uuid and expires_at > now()
      returning id`,
    values: [organizationId, invitationId],
  });
  return rows.length > 0;
}
