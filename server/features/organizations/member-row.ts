import type { Role } from './role.ts';
import type { Member } from './schema.ts';

/** A stored member. */
export interface MemberRow {
  readonly user_id: string;
  readonly email: string;
  readonly role: Role;
  readonly created_at: Date;
}

export function toMember(row: MemberRow): Member {
  return {
    user: { id: row.user_id, email: row.email },
    role: row.role,
    created_at: row.created_at.toISOString(),
  };
}
