import { type Caller, createSessionRequiredError } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import { assertRole } from '../organizations/assert-role.ts';
import type { Role } from '../organizations/role.ts';
import type { AccessRow } from './access-row.ts';
import { type AppReference, parseAppReference } from './app-reference.ts';
import type { AppRow } from './app-row.ts';
import { findAppAccess } from './sql/find-app-access.ts';
import { recordRefusedKey } from './sql/record-refused-key.ts';

export interface Requirement {
  readonly role: Role;
  /** Whether an API key may do it too, for its own app. */
  readonly key: boolean;
}

function getPermittedAppId(caller: Caller, access: AccessRow, { role, key }: Requirement): string {
  if (caller.type === 'api_key') {
    if (!key) {
      throw createSessionRequiredError();
    }
    if (access.key_app_id === null || access.key_app_id !== access.app_id) {
      throw createAppNotFoundError();
    }
    return access.key_app_id;
  }
  if (access.app_id === null || access.role === null) {
    throw createAppNotFoundError();
  }
  assertRole(access.role, role);
  return access.app_id;
}

export interface AccessAttempt {
  readonly caller: Caller;
  readonly app: AppReference;
  readonly access: AccessRow;
  readonly requirement: Requirement;
}

/**
 * Returns the app's id, or throws the `ApiError` (401, 403, 404, 429) for a caller without the required role or key.
 * A key that does not open the requested app is noted in that app's audit log, except when the answer is 429. The
 * answer does not wait for that note: its time would tell whether the app exists.
 */
export async function enforceAccess(db: Queryable, attempt: AccessAttempt): Promise<string> {
  const { caller, app, access, requirement } = attempt;
  try {
    if (caller.type === 'api_key') {
      await caller.settle(access.key_app_id !== null);
    }
    return getPermittedAppId(caller, access, requirement);
  } catch (error) {
    const isNoted = !(error instanceof ApiError && error.code === 'too_many_requests');
    if (caller.type === 'api_key' && access.key_app_id !== access.app_id && isNoted) {
      // Refuse the key even if the refusal cannot be noted.
      recordRefusedKey(db, { app, keyStart: caller.key.start, origin: caller.origin }).catch(() => {});
    }
    throw error;
  }
}

/** The same answer for a missing app, for another key's app, and for an app of another organization. */
export function createAppNotFoundError(): ApiError {
  return new ApiError(
    'app_not_found',
    'There is no such app, or you have no access to it. Check the id or alias, and that the key belongs to this app.',
  );
}

/** The app with the id or alias `app`, if the caller meets the requirement. One round trip. */
export async function authorizeApp(
  db: Queryable,
  caller: Caller,
  app: string,
  requirement: Requirement,
): Promise<AppRow> {
  const reference = parseAppReference(app);
  const access = await findAppAccess(db, caller, reference);
  await enforceAccess(db, { caller, app: reference, access, requirement });
  if (!access.app) {
    throw createAppNotFoundError();
  }
  return access.app;
}
