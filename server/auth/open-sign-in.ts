import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Queryable } from '../db/pool.ts';
import type { FailedAuthLimit } from './limits/failed-auth-limit.ts';
import { createLocalIssuer, type LocalIssuer } from './local/local-issuer.ts';
import { createSignInRoutes } from './local/sign-in-routes.ts';
import type { SessionVerifier } from './session/session.ts';

/** The way to sign in that the settings choose. */
export interface SignIn {
  readonly sessions: SessionVerifier;
  readonly routes: Router;
  /** `undefined` if users sign in with Supabase. */
  readonly localIssuer: LocalIssuer | undefined;
}

export interface SignInOptions {
  readonly db: Queryable;
  readonly failedAuthLimit: FailedAuthLimit;
  readonly logger: Logger;
}

export async function openSignIn(
  { supabase, publicUrl }: Config,
  { db, failedAuthLimit, logger }: SignInOptions,
): Promise<SignIn> {
  if (supabase === undefined) {
    const issuer = await createLocalIssuer(db, publicUrl);
    const routes = createSignInRoutes({ issuer, failedAuthLimit });
    return { sessions: issuer.verifier, routes, localIssuer: issuer };
  }
  if (supabase.publishableKey === undefined) {
    logger.warn(
      'SUPABASE_PUBLISHABLE_KEY is not set: nobody can sign in here, sessions end with their access token, and API keys and roles cannot be changed',
    );
  }
  // Load it only if it is used: Supabase's client takes 10 MB of memory.
  const [{ createSupabaseVerifier }, { createSupabaseRoutes }] = await Promise.all([
    import('./supabase/supabase-session.ts'),
    import('./supabase/supabase-routes.ts'),
  ]);
  return {
    sessions: createSupabaseVerifier({ ...supabase, publicUrl }),
    routes: createSupabaseRoutes({ ...supabase, publicUrl, logger }),
    localIssuer: undefined,
  };
}
