import { createServerClient, parseCookieHeader, serializeCookieHeader } from '@supabase/ssr';
import type { SupabaseClient } from '@supabase/supabase-js';
import { getCookieAttributes, getCookieName, isSessionCookie } from '../session/session-cookie.ts';

/** The Supabase project that people sign in with. */
export interface SupabaseProject {
  readonly url: string;
  readonly publishableKey: string;
  /** The URL at which people reach this server. */
  readonly publicUrl: string;
}

/** Supabase Auth for one request, with the cookies and headers that its calls set. */
export interface SupabaseCall {
  readonly auth: SupabaseClient['auth'];
  /** `Set-Cookie` values and other headers for the answer, also after a call that failed. */
  readonly getSetCookies: () => readonly string[];
  readonly getHeaders: () => Readonly<Record<string, string>>;
  /** Details of a failed call that its error does not hold. */
  readonly getFailure: () => CallFailure;
}

export interface CallFailure {
  readonly retryAfter: string | undefined;
  /** Why there was no answer, like `ECONNREFUSED`. */
  readonly reason: string | undefined;
}

const TIMEOUT_MS = 5_000;
const MAX_ATTEMPTS = 3;
/** Emailed links are valid for a day at most. */
const VERIFIER_SECONDS = 24 * 60 * 60;
/** auth-js also stores one verifier per flow. It finds that by a parameter which we do not add to redirects. */
const UNUSED_VERIFIER = /-flow-[\w-]+-code-verifier$|-flows-code-verifier$/;

/**
 * Creates a client for one request. It holds that request's cookies and the cookies to set, so it must not be shared.
 * It gets the names of the session cookies without their values: otherwise auth-js would renew an expired session by
 * itself at any time, and overwrite the new session with the old one.
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
 * A `fetch` whose calls together take at most `TIMEOUT_MS` and `MAX_ATTEMPTS`. auth-js retries a refresh for up to 30 s
 * if `fetch` rejects, and gives up at once if `fetch` resolves to a network error.
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
