import type { Request, Response } from 'express';
import type { Queryable } from '../db/pool.ts';
import { ApiError } from '../http/errors.ts';
import { listHeaderValues } from '../http/header-values.ts';
import type { ApiKeyAtRest } from './keys/api-key.ts';
import { BEARER_CHALLENGE, createInvalidApiKeyError, readBearerKey } from './keys/bearer-key.ts';
import type { CallerLimit, DatabasePlace } from './limits/caller-limit.ts';
import type { FailedAuthLimit } from './limits/failed-auth-limit.ts';
import { type RequestOrigin, readRequestOrigin } from './request-origin.ts';
import { assertSameOrigin } from './session/same-origin.ts';
import type { SessionUser, SessionVerifier } from './session/session.ts';
import { ensureUser } from './sql/ensure-user.ts';
import { keyExists } from './sql/key-exists.ts';

/**
 * A caller with a well-formed key. The key is not looked up yet: the statement that does the route's work also looks up
 * the key.
 */
export interface KeyCaller {
  readonly type: 'api_key';
  readonly key: ApiKeyAtRest;
  readonly origin: RequestOrigin;
  /**
   * Call this with the result of the look-up. Rejects with an `ApiError` if the key is not in force: 401, or 429 after
   * too many failures.
   */
  readonly settle: (isInForce: boolean) => Promise<void>;
}

export interface SessionCaller {
  readonly type: 'session';
  readonly user: SessionUser;
  readonly origin: RequestOrigin;
  /** Rejects with an `ApiError` unless the session is confirmed to be open; see `VerifiedSession`. */
  readonly assertStands: () => Promise<void>;
}

export type Caller = KeyCaller | SessionCaller;

/** The request's place among those that use the database; see `CallerLimit`. */
export interface WithPlace {
  readonly place: DatabasePlace;
}

/** Authenticates requests. Rejects with the `ApiError` (401, 403, 429) that answers the request. */
export interface CallerReader {
  /** For routes that accept a key and a session. Takes the request's place at the database. */
  read(req: Request): Promise<Caller & WithPlace>;
  /** The same without taking the place, for triggers: they share one statement at a time, however many they are. */
  readForTrigger(req: Request): Promise<Caller & WithPlace>;
  /** Like `read`, for routes that accept only a session; a key in force gets an error that says so. */
  readSession(req: Request): Promise<SessionCaller>;
}

export interface CallerReaderOptions {
  readonly db: Queryable;
  readonly sessions: SessionVerifier;
  /** The dashboard's origin. Only its pages may make changes with a session. */
  readonly publicUrl: string;
  readonly failedAuthLimit: FailedAuthLimit;
  readonly callerLimit: CallerLimit;
}

/**
 * How long a user counts as stored, in milliseconds. Storing the user again finds an invitation that was created during
 * the first sign-in, and corrects the address if a token with an older address arrived last.
 */
const STORED_FOR_MS = 60_000;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

interface StoredUser {
  readonly email: string;
  readonly until: number;
  /** Requests that arrive while the user is being stored share the statement. */
  readonly stored: Promise<void>;
}

export function createCallerReader(options: CallerReaderOptions): CallerReader {
  const { db, sessions, publicUrl, failedAuthLimit, callerLimit } = options;
  // One entry per user. Users are never deleted, so the map never holds more entries than the database has users. What
  // a user may do is read from the database for every request.
  const storedUsers = new Map<string, StoredUser>();

  async function storeUser(user: SessionUser): Promise<void> {
    const known = storedUsers.get(user.id);
    if (known?.email === user.email && known.until > Date.now()) {
      await known.stored;
      return;
    }
    const stored = ensureUser(db, user);
    storedUsers.set(user.id, { email: user.email, until: Date.now() + STORED_FOR_MS, stored });
    try {
      await stored;
    } catch (error) {
      storedUsers.delete(user.id);
      throw error;
    }
  }

  async function readCookie(req: Request): Promise<SessionCaller> {
    const session = await sessions.verify(req.headers.cookie);
    if (!session) {
      throw createAuthenticationRequiredError();
    }
    const { user, setCookies, assertStands } = session;
    // Set the cookies before anything can fail: the old refresh token is used up, even if the request fails.
    for (const cookie of setCookies) {
      req.res?.append('Set-Cookie', cookie);
    }
    if (!SAFE_METHODS.has(req.method)) {
      assertSameOrigin(req, publicUrl);
    }
    await storeUser(user);
    return { type: 'session', user, origin: readRequestOrigin(req), assertStands };
  }

  function createKeyCaller(key: ApiKeyAtRest, origin: RequestOrigin): KeyCaller {
    const attempt = { key, ip: origin.ip };
    failedAuthLimit.assertOpen(attempt);
    return {
      type: 'api_key',
      key,
      origin,
      async settle(isInForce) {
        if (!isInForce) {
          await failedAuthLimit.countFailure(attempt);
          throw createInvalidApiKeyError();
        }
        failedAuthLimit.noteSuccess(key);
      },
    };
  }

  async function identify(req: Request): Promise<Caller> {
    // An `Authorization` header decides, even an invalid one. Falling back to the cookie would let a page of another
    // origin turn a refused request into an accepted one.
    const headers = listHeaderValues(req, 'authorization');
    return headers.length === 0
      ? readCookie(req)
      : createKeyCaller(readBearerKey(headers), readRequestOrigin(req));
  }

  async function readForTrigger(req: Request): Promise<Caller & WithPlace> {
    const caller = await identify(req);
    return { ...caller, place: callerLimit.createPlace(toCallerName(caller), getResponse(req)) };
  }

  async function read(req: Request): Promise<Caller & WithPlace> {
    const caller = await readForTrigger(req);
    await caller.place.take();
    return caller;
  }

  return {
    read,
    readForTrigger,
    async readSession(req) {
      const caller = await read(req);
      if (caller.type === 'session') {
        return caller;
      }
      await caller.settle(await keyExists(db, caller.key.hash));
      throw createSessionRequiredError();
    },
  };
}

/**
 * What tells callers apart: the key's hash, or the user's id. A caller cannot have two names, and it needs no look-up.
 */
function toCallerName(caller: Caller): string {
  return caller.type === 'api_key' ? caller.key.hash.toString('latin1') : caller.user.id;
}

function getResponse({ res }: Request): Response {
  if (res === undefined) {
    throw new TypeError('Express sets the response of a request before it runs a route.');
  }
  return res;
}

function createAuthenticationRequiredError(): ApiError {
  return new ApiError(
    'authentication_required',
    'Add the header "Authorization: Bearer qsk_…" with the app\'s API key, or sign in to the dashboard.',
    { headers: { 'WWW-Authenticate': BEARER_CHALLENGE } },
  );
}

export function createSessionRequiredError(): ApiError {
  return new ApiError(
    'session_required',
    'An API key cannot do this. Sign in to the dashboard. A key can only trigger and read the checks of its own app.',
  );
}
