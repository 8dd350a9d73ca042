import { ApiError } from '../../http/errors.ts';

export type Role = 'viewer' | 'member' | 'admin';

/** Each role may do what those before it may. */
const RANK: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2 };

/** Whether `actual` may do what takes `required`; for the server, and for what the dashboard offers. */
export function reachesRole(actual: Role, required: Role): boolean {
  return RANK[actual] >= RANK[required];
}

/** Throws the `ApiError` (403) of a role that does not reach. */
export function assertRole(actual: Role, required: Role): void {
  if (!reachesRole(actual, required)) {
    throw new ApiError(
      'role_required',
      `This needs the role ${required}; yours is ${actual}. Ask an admin of the organization.`,
    );
  }
}
