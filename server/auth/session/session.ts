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
  /** `Set-Cookie` values for the answer, of a session that was renewed on the way. */
  readonly setCookies: readonly string[];
  /**
   * Throws an `ApiError` unless whoever keeps the session says that it has not ended: a signature alone
   * outlives the sign-out. Costs a round trip, so it is for what must not be done by an ended session.
   */
  assertStands(): Promise<void>;
}

/** Tells who a request's cookies speak for. */
export interface SessionVerifier {
  readonly cookieName: string;
  /** `undefined` without a session cookie; throws an `ApiError` where the session in it does not stand. */
  verify(cookieHeader: string | undefined): Promise<VerifiedSession | undefined>;
  /** Signs out: ends the session in the cookies where it is kept. One that does not stand has ended already. */
  end(cookieHeader: string | undefined): Promise<void>;
}

export interface SessionVerifierOptions {
  /** The issuer's base URL: the Supabase project's, or our own for local sign-in. */
  readonly issuerUrl: string;
  /** Where the dashboard is, whose cookies these are. */
  readonly publicUrl: string;
  readonly getKey: JWTVerifyGetKey;
  readonly algorithms: string[];
  readonly assertStands: (accessToken: string, claims: SessionClaims) => Promise<void>;
  /** Ends a session that was verified. May reject where that cannot be done for now. */
  readonly end: (accessToken: string, claims: SessionClaims) => Promise<void>;
  /** New tokens for the old ones, which expired; without it, expired is expired. */
  readonly renew?: ((tokens: SessionTokens) => Promise<SessionTokens>) | undefined;
}

const claimsSchema = z.object({
  sub: z.uuid(),
  email: z.string().max(320).default(''),
  // Only local sessions are known by it, so what another issuer writes there is no reason to refuse a token.
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

  /** Only a token that is good in all else is renewed: jose looks at `exp` last. */
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
      // One that cannot be verified, now or ever, is not known well enough to be ended.
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
    // Its error is not kept as the cause: it quotes the cookie.
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

/** A key set that cannot be fetched is no fault of the token's: jose says so by a time-out, its generic code, or fetch's own error. */
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

/** Nobody can tell now whether a person is who they say: no reason to let them in, nor to sign them out. */
export function createUnavailableError(options: ErrorOptions): ApiError {
  return new ApiError(
    'identity_provider_unavailable',
    'The sign-in cannot be verified for now. Try again shortly.',
    { ...options, headers: { 'Retry-After': '5' } },
  );
}
