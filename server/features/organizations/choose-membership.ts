import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import { createOrganizationNotFoundError } from './access.ts';
import { listMemberships, type MembershipRow } from './sql/list-memberships.ts';

/**
 * The user's membership in the organization with this id; without an id, in the only organization they belong to.
 * Throws the `ApiError` (400, 404) if there is none, or more than one to choose from.
 */
export async function chooseMembership(
  db: Queryable,
  userId: string,
  organizationId: string | undefined,
): Promise<MembershipRow> {
  const memberships = await listMemberships(db, userId);
  const [first, second] =
    organizationId === undefined
      ? memberships
      : memberships.filter(({ organization_id }) => organization_id === organizationId.toLowerCase());
  if (!first) {
    throw createOrganizationNotFoundError();
  }
  if (second) {
    throw new ApiError(
      'invalid_request',
      'You belong to several organizations. Send organization_id to choose one.',
      {
        errors: [
          { path: 'organization_id', message: 'is required, since you belong to several organizations' },
        ],
      },
    );
  }
  return first;
}
