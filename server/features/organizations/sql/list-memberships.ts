import type { Queryable } from '../../../db/pool.ts';
import type { Role } from '../role.ts';

export interface MembershipRow {
  readonly organization_id: string;
  readonly name: string;
  readonly role: Role;
}

/** The organizations that a user belongs to, by name. */
export async function listMemberships(db: Queryable, userId: string): Promise<MembershipRow[]> {
  return db.query<MembershipRow>({
    name: 'list-memberships',
    text: `
      select member.organization_id, organization.name, member.role
      from members as member
      join organizations as organization on organization.id = member.organization_id
      where member.user_id = $1::uuid
      order by lower(organization.name), organization.id`,
    values: [userId],
  });
}
