import { type Queryable, takeRow } from '../../../db/pool.ts';

export interface MemberRemoval {
  readonly organizationId: string;
  /** The member to remove; `null` matches nobody. */
  readonly userId: string | null;
  /** An admin, or the member who leaves. */
  readonly actorId: string;
}

interface RemovedRow {
  readonly is_removed: boolean;
  readonly has_other_admin: boolean;
}

/**
 * Removes a member if the actor is an admin or is that member, and never the last admin: `update-member-role.ts`
 * explains the lock.
 */
export async function deleteMember(
  db: Queryable,
  { organizationId, userId, actorId }: MemberRemoval,
): Promise<{ isRemoved: boolean; hasOtherAdmin: boolean }> {
  const rows = await db.query<RemovedRow>({
    name: 'delete-member',
    text: `
      with admins as (
        select user_id
        from members
        where organization_id = $1::uuid and role = 'admin'
        order by user_id
        for update
      ),
      counted as (
        select
          coalesce(bool_or(user_id is distinct from $2::uuid), false) as has_other_admin,
          coalesce(bool_or(user_id = $3::uuid), false) or $2::uuid = $3::uuid as is_permitted
        from admins
      ),
      removed as (
        delete from members as member
        using counted
        where member.organization_id = $1::uuid
          and member.user_id = $2::uuid
          and counted.is_permitted
          and (member.role <> 'admin' or counted.has_other_admin)
        returning member.user_id
      )
      select removed.user_id is not null as is_removed, counted.has_other_admin
      from counted
      left join removed on true`,
    values: [organizationId, userId, actorId],
  });
  const row = takeRow(rows);
  return { isRemoved: row.is_removed, hasOtherAdmin: row.has_other_admin };
}
