import { type Caller, createSessionRequiredError } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import { assertRole, type Role } from '../organizations/role.ts';
import { type AppReference, parseAppReference } from './app-reference.ts';
import type { AppRow } from './app-row.ts';
import { type Access, findAppAccess } from './sql/find-app-access.ts';
import { recordRefusedKey } from './sql/record-refused-key.ts';

export interface Requirement {
  readonly role: Role;
  /** Whether an API key may do it too, for its own app. */
  readonly key: boolean;
}

function getPermittedAppId(caller: Caller, access: Access, { role, key }: Requirement): string {
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
  readonly access: Access;
  readonly requirement: Requirement;
}

/**
 * The id of the app, or the `ApiError` (401, 403, 404, 429) of a caller who may not do what is required. A key
 * that does not open the app that was asked for is noted in that app's audit log, unless so many did not that
 * they are no longer told apart (429). The answer does not wait for that: the time it takes would tell whether
 * there is such an app.
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
      // The refusal stands whether or not it can be noted.
      recordRefusedKey(db, { app, keyStart: caller.key.start, origin: caller.origin }).catch(() => {});
    }
    throw error;
  }
}

/** One answer for an app that does not exist, another key's app and an organization one is not in. */
export function createAppNotFoundError(): ApiError {
  return new ApiError(
    'app_not_found',
    'There is no such app, or you have no access to it. Check the id or alias, and that the key is the key of this app.',
  );
}

/** The app that `app` names, where the caller may do what is required; one round trip. */
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
