import { ApiError } from '../../http/errors.ts';
import { type Role, reachesRole } from './role.ts';

/** Throws the `ApiError` (403) of a role that does not reach. */
export function assertRole(actual: Role, required: Role): void {
  if (!reachesRole(actual, required)) {
    throw new ApiError(
      'role_required',
      `This needs the role ${required}; yours is ${actual}. Ask an admin of the organization.`,
    );
  }
}
