import { recordRefusedKey } from '../audit/sql/record-refused-key.ts';
import { type Caller, createInvalidApiKeyError } from '../auth/caller.ts';
import type { Queryable } from '../db/pool.ts';
import { ApiError } from '../errors.ts';
import type { AppRow } from './app-row.ts';
import { isUuid } from './schema.ts';
import { findAppAccess } from './sql/find-app-access.ts';

export type Role = 'viewer' | 'member' | 'admin';

/** What the database knows of a caller and an app; one row of it comes with every statement about an app. */
export interface Access {
  /** The app that the caller's key belongs to; `null` for an unknown key and for a session. */
  readonly key_app_id: string | null;
  /** The app that was asked for, by id or alias; `null` where there is none. */
  readonly app_id: string | null;
  /** The session user's role in that app's organization. */
  readonly role: Role | null;
}

export interface Requirement {
  readonly role: Role;
  /** Whether an API key may do it too, for its own app. */
  readonly key: boolean;
}

/** `APP` of a path, as parameters of a statement: at most one is set, and neither where no app has such a name. */
export interface AppReference {
  readonly id: string | null;
  readonly alias: string | null;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2 };

export function parseAppReference(app: string): AppReference {
  if (isUuid(app)) {
    return { id: app, alias: null };
  }
  return { id: null, alias: /^[a-z0-9-]{2,40}$/.test(app) ? app : null };
}

/** A UUID, or one that nothing has: an id of another form is no different from an unknown one. */
export function parseId(id: string): string | null {
  return isUuid(id) ? id : null;
}

function getPermittedAppId(caller: Caller, access: Access, { role, key }: Requirement): string {
  if (caller.type === 'api_key') {
    if (access.key_app_id === null) {
      throw createInvalidApiKeyError();
    }
    if (!key) {
      throw createSessionRequiredError();
    }
    if (access.key_app_id !== access.app_id) {
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
 * The id of the app, or the `ApiError` (401, 403, 404) of a caller who may not do what is required. A key that
 * is refused is noted in the audit log of the app that was asked for.
 */
export async function enforceAccess(db: Queryable, attempt: AccessAttempt): Promise<string> {
  const { caller, app, access, requirement } = attempt;
  try {
    return getPermittedAppId(caller, access, requirement);
  } catch (error) {
    if (caller.type === 'api_key') {
      await recordRefusedKey(db, { app, keyStart: caller.key.start, origin: caller.origin });
    }
    throw error;
  }
}

export function assertRole(actual: Role, required: Role): void {
  if (RANK[actual] < RANK[required]) {
    throw new ApiError(
      'role_required',
      `This needs the role ${required}; yours is ${actual}. Ask an admin of the organization.`,
    );
  }
}

export function createSessionRequiredError(): ApiError {
  return new ApiError(
    'session_required',
    'An API key cannot do this: sign in to the dashboard. A key triggers checks of its own app and reads them.',
  );
}

/** One answer for an app that does not exist, another key's app and an organization one is not in. */
function createAppNotFoundError(): ApiError {
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
