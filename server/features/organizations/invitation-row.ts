import type { Role } from './role.ts';
import type { Invitation } from './schema.ts';

/** A stored invitation. */
export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly invited_by: string | null;
  readonly invited_by_email: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

export function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    invited_by: row.invited_by === null ? null : { id: row.invited_by, email: row.invited_by_email ?? '' },
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}
