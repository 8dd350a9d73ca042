import { type Queryable, takeRow } from '../../../db/pool.ts';
import type { MemberRow } from '../member-row.ts';
import type { Role } from '../role.ts';

export interface MemberRoleChange {
  readonly organizationId: string;
  /** The member to change; `null` matches nobody. */
  readonly userId: string | null;
  readonly role: Role;
  /** The admin who changes it. */
  readonly actorId: string;
}

export interface MemberRoleOutcome {
  readonly member: MemberRow | undefined;
  /** Whether the organization has an admin besides that user. */
  readonly hasOtherAdmin: boolean;
}

type ChangedRow = { readonly has_other_admin: boolean } & (MemberRow | { readonly user_id: null });

/**
 * Changes a member's role if the actor is an admin, and never that of the last admin. `delete-member.ts` keeps the
 * last admin the same way.
 */
export async function updateMemberRole(
  db: Queryable,
  { organizationId, userId, role, actorId }: MemberRoleChange,
): Promise<MemberRoleOutcome> {
  const rows = await db.query<ChangedRow>({
    name: 'update-member-role',
    text: `
      with admins as (
        -- Statements that change an organization's admins wait for each other here, in one order. An admin who was
        -- demoted or removed while this one waited is no longer among the rows.
        select user_id
        from members
        where organization_id = $1::uuid and role = 'admin'
        order by user_id
        for update
      ),
      counted as (
        select
          coalesce(bool_or(user_id is distinct from $2::uuid), false) as has_other_admin,
          coalesce(bool_or(user_id = $4::uuid), false) as is_permitted
        from admins
      ),
      changed as (
        update members as member
        set role = $3::text
        from counted
        where member.organization_id = $1::uuid
          and member.user_id = $2::uuid
          and counted.is_permitted
          and ($3::text = 'admin' or member.role <> 'admin' or counted.has_other_admin)
        returning member.user_id, member.role, member.created_at
      )
      select counted.has_other_admin, changed.user_id, person.email, changed.role, changed.created_at
      from counted
      left join changed on true
      left join users as person on person.id = changed.user_id`,
    values: [organizationId, userId, role, actorId],
  });
  const { has_other_admin: hasOtherAdmin, ...changed } = takeRow(rows);
  return { hasOtherAdmin, member: changed.user_id === null ? undefined : changed };
}
