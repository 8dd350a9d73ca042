import {
  type CookieOptions,
  combineChunks,
  createChunks,
  parseCookieHeader,
  serializeCookieHeader,
  stringFromBase64URL,
  stringToBase64URL,
} from '@supabase/ssr';
import { z } from 'zod';

const BASE64_PREFIX = 'base64-';
/** The longest time that browsers keep a cookie. The issuer of the session decides how long the session lasts. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

const tokensSchema = z.object({ access_token: z.string(), refresh_token: z.string().default('') });

export type SessionTokens = z.infer<typeof tokensSchema>;

/** `sb-<first label of the host>-auth-token`, as supabase-js names it. */
export function getCookieName(issuerUrl: string): string {
  return `sb-${new URL(issuerUrl).hostname.split('.')[0]}-auth-token`;
}

/** Attributes of every cookie that signs a person in: scripts cannot read it, and browsers send it to no other host. */
export function getCookieAttributes(publicUrl: string): CookieOptions {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:') };
}

/** The cookie's value with its chunks joined; `undefined` if there is no cookie or it is empty (signed out). */
export async function readSessionCookie(
  header: string | undefined,
  name: string,
): Promise<string | undefined> {
  const cookies = new Map(parseCookieHeader(header ?? '').map((cookie) => [cookie.name, cookie.value]));
  const value = await combineChunks(name, (chunk) => cookies.get(chunk));
  return value || undefined;
}

/** The tokens in a cookie's value. Throws if the value holds no tokens. */
export function parseSessionTokens(cookie: string): SessionTokens {
  const json = cookie.startsWith(BASE64_PREFIX)
    ? stringFromBase64URL(cookie.slice(BASE64_PREFIX.length))
    : cookie;
  return tokensSchema.parse(JSON.parse(json));
}

export interface SetCookieOptions {
  readonly name: string;
  readonly publicUrl: string;
  /** The request's `Cookie` header. Cookies of the old session in it are removed. */
  readonly cookieHeader: string | undefined;
  readonly maxAgeSeconds?: number;
}

/** `Set-Cookie` values that replace the browser's session with `session`. */
export function createSessionCookies(session: object, options: SetCookieOptions): string[] {
  const { name, publicUrl, maxAgeSeconds = MAX_AGE_SECONDS } = options;
  const attributes = { ...getCookieAttributes(publicUrl), maxAge: maxAgeSeconds };
  const chunks = createChunks(name, BASE64_PREFIX + stringToBase64URL(JSON.stringify(session)));
  const kept = new Set(chunks.map((chunk) => chunk.name));
  return [
    // An old unsplit cookie takes precedence over chunks, and an old extra chunk would corrupt the value.
    ...removeCookies(options, (cookie) => isSessionCookie(cookie, name) && !kept.has(cookie)),
    ...chunks.map((chunk) => serializeCookieHeader(chunk.name, chunk.value, attributes)),
  ];
}

/** `Set-Cookie` values that remove the session and the verifiers of unfinished sign-ins. */
export function clearSessionCookies(options: SetCookieOptions): string[] {
  const { name } = options;
  return removeCookies(options, (cookie) => isSessionCookie(cookie, name) || isVerifierCookie(cookie, name));
}

function removeCookies(
  { cookieHeader, publicUrl }: SetCookieOptions,
  isRemoved: (name: string) => boolean,
): string[] {
  const attributes = { ...getCookieAttributes(publicUrl), maxAge: 0 };
  const names = new Set(parseCookieHeader(cookieHeader ?? '').map((cookie) => cookie.name));
  return [...names].filter(isRemoved).map((name) => serializeCookieHeader(name, '', attributes));
}

/** Whether the cookie of this name holds the session or a chunk of it. */
export function isSessionCookie(cookie: string, name: string): boolean {
  return cookie === name || (cookie.startsWith(`${name}.`) && /^\d+$/.test(cookie.slice(name.length + 1)));
}

function isVerifierCookie(cookie: string, name: string): boolean {
  return cookie.startsWith(`${name}-`) && cookie.endsWith('-code-verifier');
}
