import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import { parseId } from '../../http/ids.ts';
import { assertRole } from './assert-role.ts';
import type { Role } from './role.ts';
import { findMembership } from './sql/find-membership.ts';
import type { MembershipRow } from './sql/list-memberships.ts';

/** The user's membership, if it has `role` or a higher one. Rejects with an `ApiError` (403, 404) otherwise. */
export async function authorizeMember(
  db: Queryable,
  userId: string,
  organization: string,
  role: Role,
): Promise<MembershipRow> {
  const membership = await findMembership(db, parseId(organization), userId);
  if (!membership) {
    throw createOrganizationNotFoundError();
  }
  assertRole(membership.role, role);
  return membership;
}

/** The same answer for an organization that does not exist and one that the user does not belong to. */
export function createOrganizationNotFoundError(): ApiError {
  return new ApiError('organization_not_found', 'There is no such organization, or you do not belong to it.');
}
