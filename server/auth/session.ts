import { combineChunks, parseCookieHeader, stringFromBase64URL } from '@supabase/ssr';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import { z } from 'zod';
import { ApiError } from '../errors.ts';

/** The person behind a session. */
export interface SessionUser {
  readonly id: string;
  readonly email: string;
}

/** Tells who a request's cookies speak for. */
export interface SessionVerifier {
  /** `undefined` without a session cookie; throws an `ApiError` where the session in it does not stand. */
  verify(cookieHeader: string | undefined): Promise<SessionUser | undefined>;
}

export interface SessionVerifierOptions {
  /** The issuer's base URL: the Supabase project's, or our own for local sign-in. */
  readonly issuerUrl: string;
  readonly getKey: JWTVerifyGetKey;
  readonly algorithms: string[];
}

const BASE64_PREFIX = 'base64-';
const JWKS_TIMEOUT_MS = 5_000;

const sessionSchema = z.object({ access_token: z.string() });
const claimsSchema = z.object({ sub: z.uuid(), email: z.string().max(320).default('') });

/** `sb-<first label of the host>-auth-token`, as supabase-js names it. */
export function getCookieName(issuerUrl: string): string {
  return `sb-${new URL(issuerUrl).hostname.split('.')[0]}-auth-token`;
}

/** The `iss` of the tokens that the auth server under `issuerUrl` signs. */
export function getIssuer(issuerUrl: string): string {
  return `${issuerUrl}/auth/v1`;
}

/** Verifies the sessions of a Supabase project: by its published keys, and by the shared secret where one is set. */
export function createSupabaseVerifier(project: {
  url: string;
  jwtSecret: string | undefined;
}): SessionVerifier {
  const published = createRemoteJWKSet(new URL(`${getIssuer(project.url)}/.well-known/jwks.json`), {
    timeoutDuration: JWKS_TIMEOUT_MS,
  });
  const secret = project.jwtSecret === undefined ? undefined : new TextEncoder().encode(project.jwtSecret);
  return createSessionVerifier({
    issuerUrl: project.url,
    algorithms: ['ES256', 'RS256', ...(secret ? ['HS256'] : [])],
    getKey: async (header, token) => (header.alg === 'HS256' && secret ? secret : published(header, token)),
  });
}

export function createSessionVerifier({
  issuerUrl,
  getKey,
  algorithms,
}: SessionVerifierOptions): SessionVerifier {
  const cookieName = getCookieName(issuerUrl);
  const options: JWTVerifyOptions = {
    issuer: getIssuer(issuerUrl),
    audience: 'authenticated',
    algorithms,
    requiredClaims: ['sub', 'exp'],
  };
  return {
    async verify(cookieHeader) {
      const cookie = await readCookie(cookieHeader, cookieName);
      if (cookie === undefined) {
        return undefined;
      }
      const claims = await verifyToken(parseAccessToken(cookie), getKey, options);
      const user = claimsSchema.safeParse(claims);
      if (!user.success) {
        throw createInvalidSessionError();
      }
      return { id: user.data.sub, email: user.data.email };
    },
  };
}

/** The cookie's value, its chunks joined; `undefined` when there is none or it is empty (signed out). */
async function readCookie(header: string | undefined, name: string): Promise<string | undefined> {
  const cookies = new Map(parseCookieHeader(header ?? '').map((cookie) => [cookie.name, cookie.value]));
  const value = await combineChunks(name, (chunk) => cookies.get(chunk));
  return value || undefined;
}

function parseAccessToken(cookie: string): string {
  try {
    const json = cookie.startsWith(BASE64_PREFIX)
      ? stringFromBase64URL(cookie.slice(BASE64_PREFIX.length))
      : cookie;
    return sessionSchema.parse(JSON.parse(json)).access_token;
  } catch (cause) {
    throw createInvalidSessionError({ cause });
  }
}

async function verifyToken(
  token: string,
  getKey: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<unknown> {
  try {
    return (await jwtVerify(token, getKey, options)).payload;
  } catch (cause) {
    if (isAboutTheToken(cause)) {
      throw createInvalidSessionError({ cause });
    }
    throw new ApiError(
      'identity_provider_unavailable',
      'The sign-in cannot be verified for now. Try again shortly.',
      {
        cause,
        headers: { 'Retry-After': '5' },
      },
    );
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

function createInvalidSessionError(options: ErrorOptions = {}): ApiError {
  return new ApiError('invalid_session', 'Your session has ended or is not valid. Sign in again.', {
    ...options,
    headers: { 'WWW-Authenticate': 'Bearer realm="qassandra"' },
  });
}
