import { createHash } from 'node:crypto';
import { createRemoteJWKSet } from 'jose';
import {
  createInvalidSessionError,
  createSessionVerifier,
  createUnavailableError,
  getIssuer,
  type SessionVerifier,
} from '../session/session.ts';
import type { SessionTokens } from '../session/session-cookie.ts';
import { createSupabaseCall, type SupabaseProject } from './supabase-client.ts';
import { toRenewalError, toStandingError } from './supabase-error.ts';

export interface SupabaseVerifierOptions {
  readonly url: string;
  /** Without it, sessions are verified, but not renewed, and cannot be confirmed to be open. */
  readonly publishableKey: string | undefined;
  readonly jwtSecret: string | undefined;
  readonly publicUrl: string;
}

const JWKS_TIMEOUT_MS = 5_000;
/** Longer than other tabs of the browser keep asking with the old token after one tab has renewed it. */
const KEEP_RENEWED_MS = 10_000;

/** Verifies the sessions of a Supabase project with its published keys, and with the shared secret if one is set. */
export function createSupabaseVerifier(options: SupabaseVerifierOptions): SessionVerifier {
  const { url, publishableKey, jwtSecret, publicUrl } = options;
  const project = publishableKey === undefined ? undefined : { url, publishableKey, publicUrl };
  const published = createRemoteJWKSet(new URL(`${getIssuer(url)}/.well-known/jwks.json`), {
    timeoutDuration: JWKS_TIMEOUT_MS,
  });
  const secret = jwtSecret === undefined ? undefined : new TextEncoder().encode(jwtSecret);
  return createSessionVerifier({
    issuerUrl: url,
    publicUrl,
    algorithms: ['ES256', 'RS256', ...(secret ? ['HS256'] : [])],
    getKey: async (header, token) => (header.alg === 'HS256' && secret ? secret : published(header, token)),
    renew: project && shareRenewals((tokens) => renew(project, tokens)),
    assertStands: (accessToken, { sub }) => assertStands(project, accessToken, sub),
    async end(accessToken) {
      if (project) {
        // Ignore its error: nobody can act on it, and the browser forgets the session in any case.
        await createSupabaseCall(project).auth.admin.signOut(accessToken, 'local');
      }
    },
  });
}

/**
 * Calls Supabase without the request's cookies: with them, auth-js would first renew the session that it finds there.
 */
async function renew(project: SupabaseProject, tokens: SessionTokens): Promise<SessionTokens> {
  const { auth, getFailure } = createSupabaseCall(project);
  const { data, error } = await auth.refreshSession({ refresh_token: tokens.refresh_token });
  if (error) {
    throw toRenewalError(error, getFailure());
  }
  if (!data.session) {
    throw createInvalidSessionError();
  }
  return data.session;
}

/**
 * A refresh token works once, but several tabs of a browser may use it at the same time. They share one renewal, also
 * for `KEEP_RENEWED_MS` after it ends. Renewals are found by the token's hash, so that the old token is not kept.
 */
function shareRenewals(
  renewOnce: (tokens: SessionTokens) => Promise<SessionTokens>,
): (tokens: SessionTokens) => Promise<SessionTokens> {
  const renewals = new Map<string, Promise<SessionTokens>>();
  return (tokens) => {
    const key = createHash('sha256').update(tokens.refresh_token).digest('base64');
    const known = renewals.get(key);
    if (known) {
      return known;
    }
    const renewal = renewOnce(tokens);
    renewals.set(key, renewal);
    renewal.then(
      () => setTimeout(() => renewals.delete(key), KEEP_RENEWED_MS).unref(),
      () => renewals.delete(key),
    );
    return renewal;
  };
}

/** Asks Supabase whether the session is still open. Rejects with an `ApiError` unless the answer is a clear yes. */
async function assertStands(
  project: SupabaseProject | undefined,
  accessToken: string,
  userId: string,
): Promise<void> {
  if (!project) {
    throw createUnavailableError({
      cause: new Error(
        'SUPABASE_PUBLISHABLE_KEY is not set, so the server cannot ask whether the session is still valid.',
      ),
    });
  }
  const { auth, getFailure } = createSupabaseCall(project);
  const { data, error } = await auth.getUser(accessToken);
  if (error) {
    throw toStandingError(error, getFailure());
  }
  if (data.user.id !== userId) {
    throw createInvalidSessionError();
  }
}
