import type { Queryable } from '../../../db/pool.ts';
import type { MemberRow } from '../member-row.ts';

/** The members of the organization, by email. */
export async function listMembers(db: Queryable, organizationId: string): Promise<MemberRow[]> {
  return db.query<MemberRow>({
    name: 'list-members',
    text: `
      select member.user_id, person.email, member.role, member.created_at
      from members as member
      join users as person on person.id = member.user_id
      where member.organization_id = $1::uuid
      order by lower(person.email), person.id`,
    values: [organizationId],
  });
}
