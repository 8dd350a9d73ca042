import type { Request } from 'express';
import type { Queryable } from '../db/pool.ts';
import { ApiError } from '../http/errors.ts';
import { listHeaderValues } from '../http/header-values.ts';
import { type ApiKeyAtRest, toApiKeyAtRest } from './keys/api-key.ts';
import { isApiKey } from './keys/api-key-form.ts';
import type { FailedAuthLimit } from './limits/failed-auth-limit.ts';
import { type RequestOrigin, readRequestOrigin } from './request-origin.ts';
import type { SessionUser, SessionVerifier } from './session/session.ts';
import { ensureUser } from './sql/ensure-user.ts';
import { keyExists } from './sql/key-exists.ts';

/** A key that has the form of one, not yet looked up: that is done in the statement that does the work. */
export interface KeyCaller {
  readonly type: 'api_key';
  readonly key: ApiKeyAtRest;
  readonly origin: RequestOrigin;
  /**
   * Takes what the look-up found. Rejects with the `ApiError` of a key that is not in force: 401, or 429 where
   * that has happened too often.
   */
  readonly settle: (isInForce: boolean) => Promise<void>;
}

export interface SessionCaller {
  readonly type: 'session';
  readonly user: SessionUser;
  readonly origin: RequestOrigin;
  /** Throws unless the session was not signed out of elsewhere; see `VerifiedSession`. */
  readonly assertStands: () => Promise<void>;
}

export type Caller = KeyCaller | SessionCaller;

/** Tells who sends a request, or throws the `ApiError` (401, 403, 429) that it is answered with. */
export interface CallerReader {
  /** For routes that take both modes. */
  read(req: Request): Promise<Caller>;
  /** For routes that take a session only; a key in force is told so. */
  readSession(req: Request): Promise<SessionCaller>;
}

export interface CallerReaderOptions {
  readonly db: Queryable;
  readonly sessions: SessionVerifier;
  /** The dashboard's origin: the only one whose pages may change things with a session. */
  readonly publicUrl: string;
  readonly failedAuthLimit: FailedAuthLimit;
}

const CHALLENGE = 'Bearer realm="qassandra"';
/**
 * How long a user counts as stored. Not for good: an invitation that was made at the moment of the first sign-in
 * is found by the next look, and so is the newer of two addresses, when a token with the older one came in last.
 */
const STORED_FOR_MS = 60_000;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

interface StoredUser {
  readonly email: string;
  readonly until: number;
}

export function createCallerReader(options: CallerReaderOptions): CallerReader {
  const { db, sessions, publicUrl, failedAuthLimit } = options;
  // Users are never removed, and are as many as people, so this does not grow without end. What they may do is
  // asked of the database each time.
  const storedUsers = new Map<string, StoredUser>();

  async function storeUser(user: SessionUser): Promise<void> {
    const stored = storedUsers.get(user.id);
    if (stored?.email !== user.email || stored.until <= Date.now()) {
      await ensureUser(db, user);
      storedUsers.set(user.id, { email: user.email, until: Date.now() + STORED_FOR_MS });
    }
  }

  async function readCookie(req: Request): Promise<SessionCaller> {
    const session = await sessions.verify(req.headers.cookie);
    if (!session) {
      throw createAuthenticationRequiredError();
    }
    const { user, setCookies, assertStands } = session;
    // First of all: whatever the answer is, the old refresh token is spent.
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

  async function read(req: Request): Promise<Caller> {
    // A header that is there decides, also when it is bad: falling back to the cookie would let a page
    // of another origin turn a refused request into an accepted one.
    const headers = listHeaderValues(req, 'authorization');
    return headers.length === 0 ? readCookie(req) : createKeyCaller(readKey(headers), readRequestOrigin(req));
  }

  return {
    read,
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

function readKey(headers: readonly string[]): ApiKeyAtRest {
  const apiKey = findKey(headers);
  if (apiKey === undefined) {
    throw createMistypedKeyError();
  }
  return toApiKeyAtRest(apiKey);
}

/** The key in the values of a request's `Authorization` header; `undefined` where it does not look like one. */
export function findKey([authorization = '', ...more]: readonly string[]): string | undefined {
  const apiKey = more.length === 0 ? /^bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
  return apiKey !== undefined && isApiKey(apiKey) ? apiKey : undefined;
}

export function createMistypedKeyError(): ApiError {
  return createInvalidApiKeyError(
    'This does not look like a Qassandra API key: it starts with qsk_ and has 46 characters. ' +
      'Copy the whole key, or generate a new one in the app settings.',
  );
}

/** Throws the `ApiError` (403) of a request that a page of another origin may have sent. */
export function assertSameOrigin(req: Request, publicUrl: string): void {
  if (!isSameOrigin(req, publicUrl)) {
    throw new ApiError('origin_not_allowed', `With a session, changes are made from ${publicUrl} only.`);
  }
}

/** `SameSite=Lax` lets sibling subdomains post, so the browser has to say where a change comes from. */
function isSameOrigin(req: Request, publicUrl: string): boolean {
  const site = req.get('Sec-Fetch-Site');
  return site === undefined ? req.get('Origin') === publicUrl : site === 'same-origin';
}

function createAuthenticationRequiredError(): ApiError {
  return new ApiError(
    'authentication_required',
    'Add the header "Authorization: Bearer qsk_…" with the app\'s API key, or sign in to the dashboard.',
    { headers: { 'WWW-Authenticate': CHALLENGE } },
  );
}

export function createSessionRequiredError(): ApiError {
  return new ApiError(
    'session_required',
    'An API key cannot do this: sign in to the dashboard. A key triggers checks of its own app and reads them.',
  );
}

/** Unknown, replaced or removed: one answer, so that a caller cannot tell them apart. */
function createInvalidApiKeyError(
  detail = 'The API key is not valid. It may have been replaced or removed: generate a new one in the app settings.',
): ApiError {
  return new ApiError('invalid_api_key', detail, {
    headers: {
      'WWW-Authenticate': `${CHALLENGE}, error="invalid_token", error_description="The API key is not valid"`,
    },
  });
}
