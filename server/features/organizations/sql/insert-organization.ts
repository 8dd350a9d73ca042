import { type Queryable, takeRow } from '../../../db/pool.ts';
import type { MembershipRow } from './list-memberships.ts';

/** Adds an organization, with the user as its admin. */
export async function insertOrganization(
  db: Queryable,
  { name, userId }: { readonly name: string; readonly userId: string },
): Promise<MembershipRow> {
  const rows = await db.query<MembershipRow>({
    name: 'insert-organization',
    text: `
      with organization as (
        insert into organizations (name) values ($1::text) returning id, name
      ),
      member as (
        insert into members (organization_id, user_id, role)
        select organization.id, $2::uuid, 'admin' from organization
        returning organization_id, role
      )
      select member.organization_id, organization.name, member.role
      from organization
      join member on member.organization_id = organization.id`,
    values: [name, userId],
  });
  return takeRow(rows);
}
