import type { Queryable } from '../../../db/pool.ts';

export interface InvitationRemoval {
  readonly organizationId: string;
  readonly invitationId: string | null;
}

/** Removes an open invitation; `false` if there is none with that id. */
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
