import type { Queryable } from '../../../db/pool.ts';
import type { MembershipRow } from './list-memberships.ts';

/** The user's membership of an organization; `undefined` if there is no membership or no such organization. */
export async function findMembership(
  db: Queryable,
  organizationId: string | null,
  userId: string,
): Promise<MembershipRow | undefined> {
  const [row] = await db.query<MembershipRow>({
    name: 'find-membership',
    text: `
      select member.organization_id, organization.name, member.role
      from members as member
      join organizations as organization on organization.id = member.organization_id
      where member.organization_id = $1::uuid and member.user_id = $2::uuid`,
    values: [organizationId, userId],
  });
  return row;
}
