import { ApiError } from '../../http/errors.ts';
import { type Role, reachesRole } from './role.ts';

/** Throws an `ApiError` (403) unless the role `actual` includes the rights of `required`. */
export function assertRole(actual: Role, required: Role): void {
  if (!reachesRole(actual, required)) {
    throw new ApiError(
      'role_required',
      `This needs the role ${required}; yours is ${actual}. Ask an admin of the organization.`,
    );
  }
}
