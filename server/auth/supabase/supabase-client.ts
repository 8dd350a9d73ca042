import { createServerClient, parseCookieHeader, serializeCookieHeader } from '@supabase/ssr';
import type { SupabaseClient } from '@supabase/supabase-js';
import { getCookieAttributes, getCookieName, isSessionCookie } from '../session/session-cookie.ts';

/** A Supabase project that this server signs people in with. */
export interface SupabaseProject {
  readonly url: string;
  readonly publishableKey: string;
  /** Where people reach this server. */
  readonly publicUrl: string;
}

/** Supabase Auth for one request: what it is told, and what came of it. */
export interface SupabaseCall {
  readonly auth: SupabaseClient['auth'];
  /** `Set-Cookie` values and other headers for the answer, also where the call failed. */
  readonly getSetCookies: () => readonly string[];
  readonly getHeaders: () => Readonly<Record<string, string>>;
  /** What the error of a failed call does not say. */
  readonly getFailure: () => CallFailure;
}

export interface CallFailure {
  readonly retryAfter: string | undefined;
  /** Why no answer came, as in `ECONNREFUSED`. */
  readonly reason: string | undefined;
}

const TIMEOUT_MS = 5_000;
const MAX_ATTEMPTS = 3;
/** Emailed links are good for a day at most. */
const VERIFIER_SECONDS = 24 * 60 * 60;
/** auth-js keeps a verifier for each flow too, found by a parameter that we do not add to redirects. */
const UNUSED_VERIFIER = /-flow-[\w-]+-code-verifier$|-flows-code-verifier$/;

/**
 * A client for one request: it keeps what that request's cookies hold and what is to be set, so it is never
 * shared. The session in the cookies is hidden from it, all but their names: auth-js would renew one that
 * expired by itself, at any time, and write the old session over the new one.
 */
export function createSupabaseCall(project: SupabaseProject, cookieHeader?: string): SupabaseCall {
  const { url, publishableKey, publicUrl } = project;
  const name = getCookieName(url);
  const sent = parseCookieHeader(cookieHeader ?? '').map((cookie) => ({
    name: cookie.name,
    value: isSessionCookie(cookie.name, name) ? '' : (cookie.value ?? ''),
  }));
  const set = new Map<string, string>();
  const headers: Record<string, string> = {};
  const { fetch, getFailure } = createBoundedFetch();
  const client = createServerClient(url, publishableKey, {
    cookieOptions: { ...getCookieAttributes(publicUrl), name },
    global: { fetch },
    cookies: {
      getAll: () => sent,
      setAll(cookies, more) {
        Object.assign(headers, more);
        for (const { name: cookie, value, options } of cookies) {
          if (!UNUSED_VERIFIER.test(cookie)) {
            const isVerifier = cookie.endsWith('-code-verifier') && options.maxAge !== 0;
            const lifetime = isVerifier ? { maxAge: VERIFIER_SECONDS } : {};
            set.set(cookie, serializeCookieHeader(cookie, value, { ...options, ...lifetime }));
          }
        }
      },
    },
  });
  return {
    auth: client.auth,
    getSetCookies: () => [...set.values()],
    getHeaders: () => headers,
    getFailure,
  };
}

/**
 * A `fetch` that is done within `TIMEOUT_MS` and `MAX_ATTEMPTS` all together. auth-js tries a refresh again for
 * up to 30 s after whatever `fetch` rejects with, and gives up at once when it resolves to a network error.
 */
function createBoundedFetch(): { fetch: typeof fetch; getFailure: () => CallFailure } {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  let attempts = 0;
  let failure: CallFailure = { retryAfter: undefined, reason: undefined };
  return {
    getFailure: () => failure,
    async fetch(input, init) {
      attempts += 1;
      if (deadline.aborted || attempts > MAX_ATTEMPTS) {
        return Response.error();
      }
      try {
        const answer = await fetch(input, { ...init, signal: deadline });
        failure = { retryAfter: answer.headers.get('Retry-After') ?? undefined, reason: undefined };
        return answer;
      } catch (error) {
        failure = { retryAfter: undefined, reason: describeFailure(error) };
        if (deadline.aborted) {
          return Response.error();
        }
        throw error;
      }
    },
  };
}

function describeFailure(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error) {
    return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  }
  return 'unknown';
}
