import { errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import { z } from 'zod';
import { ApiError } from '../../http/errors.ts';
import {
  createSessionCookies,
  getCookieName,
  parseSessionTokens,
  readSessionCookie,
  type SessionTokens,
} from './session-cookie.ts';

/** The person behind a session. */
export interface SessionUser {
  readonly id: string;
  readonly email: string;
}

export interface VerifiedSession {
  readonly user: SessionUser;
  /** `Set-Cookie` values for the answer, if the session was renewed; else empty. */
  readonly setCookies: readonly string[];
  /**
   * Rejects with an `ApiError` unless the store of the session confirms that it has not ended: the signature of a token
   * stays valid after the sign-out. Costs a round trip. Call it before actions that an ended session must not take.
   */
  assertStands(): Promise<void>;
}

/** Finds out which user a request's cookies belong to. */
export interface SessionVerifier {
  readonly cookieName: string;
  /**
   * Resolves with `undefined` without a session cookie; rejects with an `ApiError` if the session in it is not valid.
   */
  verify(cookieHeader: string | undefined): Promise<VerifiedSession | undefined>;
  /** Signs out: ends the session of the cookies in its store. Does nothing if that session is not valid. */
  end(cookieHeader: string | undefined): Promise<void>;
}

export interface SessionVerifierOptions {
  /** The issuer's base URL: the Supabase project's, or our own for local sign-in. */
  readonly issuerUrl: string;
  /** The dashboard's URL: the cookies belong to its origin. */
  readonly publicUrl: string;
  readonly getKey: JWTVerifyGetKey;
  readonly algorithms: string[];
  readonly assertStands: (accessToken: string, claims: SessionClaims) => Promise<void>;
  /** Ends a verified session. May reject if that is not possible now. */
  readonly end: (accessToken: string, claims: SessionClaims) => Promise<void>;
  /** Exchanges expired tokens for new ones. If not set, an expired session is not renewed. */
  readonly renew?: ((tokens: SessionTokens) => Promise<SessionTokens>) | undefined;
}

const claimsSchema = z.object({
  sub: z.uuid(),
  email: z.string().max(320).default(''),
  // Only local sessions use it. Ignore an invalid value of another issuer instead of refusing the token.
  session_id: z.uuid().optional().catch(undefined),
  exp: z.number(),
});

export type SessionClaims = z.infer<typeof claimsSchema>;

/** The `iss` of the tokens that the auth server under `issuerUrl` signs. */
export function getIssuer(issuerUrl: string): string {
  return `${issuerUrl}/auth/v1`;
}

export function createSessionVerifier(options: SessionVerifierOptions): SessionVerifier {
  const { issuerUrl, publicUrl, getKey, algorithms, renew } = options;
  const cookieName = getCookieName(issuerUrl);
  const jwtOptions: JWTVerifyOptions = {
    issuer: getIssuer(issuerUrl),
    audience: 'authenticated',
    algorithms,
    requiredClaims: ['sub', 'exp'],
  };
  const verifyToken = async (token: string) => parseClaims(await verifyJwt(token, getKey, jwtOptions));

  /** Renews a token only if it is valid apart from its expiry: jose checks `exp` last. */
  async function verifyOrRenew(tokens: SessionTokens) {
    try {
      return { tokens, claims: await verifyToken(tokens.access_token), isRenewed: false };
    } catch (error) {
      const expired = error instanceof Error && error.cause instanceof errors.JWTExpired && error.cause;
      if (!expired || !renew || tokens.refresh_token === '') {
        throw error;
      }
      const before = parseClaims(expired.payload);
      const renewed = await renew(tokens);
      const claims = await verifyToken(renewed.access_token);
      if (claims.sub !== before.sub) {
        throw createInvalidSessionError();
      }
      return { tokens: renewed, claims, isRenewed: true };
    }
  }

  async function read(cookieHeader: string | undefined) {
    const cookie = await readSessionCookie(cookieHeader, cookieName);
    return cookie === undefined ? undefined : verifyOrRenew(readTokens(cookie));
  }

  return {
    cookieName,
    async verify(cookieHeader) {
      const session = await read(cookieHeader);
      if (!session) {
        return undefined;
      }
      const { tokens, claims, isRenewed } = session;
      return {
        user: { id: claims.sub, email: claims.email },
        setCookies: isRenewed
          ? createSessionCookies(tokens, { name: cookieName, publicUrl, cookieHeader })
          : [],
        assertStands: () => options.assertStands(tokens.access_token, claims),
      };
    },
    async end(cookieHeader) {
      // A session that cannot be verified cannot be identified, so it cannot be ended either.
      const session = await read(cookieHeader).catch(() => undefined);
      if (session) {
        await options.end(session.tokens.access_token, session.claims);
      }
    },
  };
}

function readTokens(cookie: string): SessionTokens {
  try {
    return parseSessionTokens(cookie);
  } catch {
    // Do not keep the error as the cause: it quotes the cookie.
    throw createInvalidSessionError();
  }
}

function parseClaims(payload: unknown): SessionClaims {
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) {
    throw createInvalidSessionError();
  }
  return claims.data;
}

async function verifyJwt(
  token: string,
  getKey: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<unknown> {
  try {
    return (await jwtVerify(token, getKey, options)).payload;
  } catch (cause) {
    throw isAboutTheToken(cause) ? createInvalidSessionError({ cause }) : createUnavailableError({ cause });
  }
}

/**
 * Whether the token is at fault. If the key set cannot be fetched, the token is not: jose then throws a time-out, an
 * error with its generic code, or the error of `fetch`.
 */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}

export function createInvalidSessionError(options: ErrorOptions = {}): ApiError {
  return new ApiError('invalid_session', 'Your session has ended or is not valid. Sign in again.', {
    ...options,
    headers: { 'WWW-Authenticate': 'Bearer realm="qassandra"' },
  });
}

/** The session can be neither confirmed nor refuted now: the person is not let in, and not signed out. */
export function createUnavailableError(options: ErrorOptions): ApiError {
  return new ApiError(
    'identity_provider_unavailable',
    'The sign-in cannot be verified at the moment. Try again in a few seconds.',
    { ...options, headers: { 'Retry-After': '5' } },
  );
}
