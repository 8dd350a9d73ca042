import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createServerClient } from '@supabase/ssr';
import {
  type CryptoKey,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { type Account, Accounts, type Email, type SupabaseSettings } from './supabase-accounts.ts';
import { createAuthHandler } from './supabase-http.ts';

/** A small Supabase Auth server: its HTTP protocol over loopback, for the real client libraries. */
export interface Supabase {
  readonly url: string;
  /** Tests may change these while it runs. */
  readonly settings: SupabaseSettings;
  /** How often the key set was fetched. */
  readonly keyFetches: () => number;
  /** How often a route was called, such as `POST /token?grant_type=refresh_token` or `GET /user`. */
  readonly calls: (route: string) => number;
  /** The emails sent so far. */
  readonly emails: () => readonly Email[];
  readonly countSessions: () => number;
  /** Answers the key set with this status from now on. */
  failWith(status: number): void;
  /** Makes everything but the key set fail from now on; `undefined` ends that. */
  failAuthWith(failure: AuthFailure | undefined): void;
  /** Adds an account. Its address is confirmed by default. */
  addUser(user: { email: string; password: string; confirmed?: boolean }): Account;
  /** Ends the session of an access token, as signing out elsewhere does. */
  endSession(accessToken: string): void;
  endSessionsOf(email: string): void;
  /** An access token as Supabase issues it; `claims` and `header` override the usual values. */
  createToken(claims?: Record<string, unknown>, options?: TokenOptions): Promise<string>;
  /** The `Cookie` header that `@supabase/ssr` itself writes for a session with this token. */
  createCookie(accessToken: string): Promise<string>;
  stop(): Promise<void>;
}

/** An answer with `status` and Supabase's body for it, no answer, or a cut connection. */
export type AuthFailure =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object }
  | 'hang'
  | 'disconnect';

export interface TokenOptions {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly key?: CryptoKey | Uint8Array;
}

export const PUBLISHABLE_KEY = 'sb_publishable_test';

export async function startSupabase(): Promise<Supabase> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256', use: 'sig' };
  const accounts = new Accounts();
  /** Users of tokens that `createCookie` was given, by token. */
  const adopted = new Map<string, object>();
  const calls = new Map<string, number>();
  let keysStatus = 200;
  let failure: AuthFailure | undefined;

  const handle = createAuthHandler({ accounts, adopted, publicKey, createToken, getUrl: () => url });
  const http = createServer((req, res) => {
    const asked = new URL(req.url ?? '/', 'http://localhost');
    const path = asked.pathname.replace('/auth/v1', '');
    const grant = asked.searchParams.get('grant_type');
    const route = `${req.method} ${path}${grant === null ? '' : `?grant_type=${grant}`}`;
    calls.set(route, (calls.get(route) ?? 0) + 1);
    if (path === '/.well-known/jwks.json') {
      res.writeHead(keysStatus, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
    } else if (failure === undefined) {
      handle(req, res, asked, route).catch((error: unknown) => res.destroy(new Error(String(error))));
    } else if (failure === 'disconnect') {
      req.socket.destroy();
    } else if (failure !== 'hang') {
      const body = failure.body ?? { code: failure.status, msg: 'Failed by the test' };
      res.writeHead(failure.status, { 'Content-Type': 'application/json', ...failure.headers });
      res.end(JSON.stringify(body));
    }
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;

  async function createToken(
    claims: Record<string, unknown> = {},
    { header = {}, key = privateKey }: TokenOptions = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      iss: `${url}/auth/v1`,
      aud: 'authenticated',
      role: 'authenticated',
      sub: randomUUID(),
      email: 'ada@example.com',
      session_id: randomUUID(),
      iat: now,
      exp: now + 3600,
    };
    const all = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined);
    return new SignJWT(Object.fromEntries(all))
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'key-1', ...header })
      .sign(key);
  }

  return {
    url,
    settings: accounts.settings,
    keyFetches: () => calls.get('GET /.well-known/jwks.json') ?? 0,
    calls: (route) => calls.get(route) ?? 0,
    emails: () => accounts.emails,
    countSessions: () => accounts.countSessions(),
    failWith(status) {
      keysStatus = status;
    },
    failAuthWith(next) {
      failure = next;
    },
    addUser: ({ email, password, confirmed = true }) => accounts.add(email, password, confirmed),
    endSession(accessToken) {
      adopted.delete(accessToken);
      accounts.endSession(String(decodeJwt(accessToken).session_id));
    },
    endSessionsOf: (email) => accounts.endSessionsOf(email),
    createToken,
    async createCookie(accessToken) {
      const { sub = randomUUID(), email = 'ada@example.com' } = decodeJwt(accessToken);
      adopted.set(accessToken, {
        id: sub,
        aud: 'authenticated',
        email,
        // A larger profile, so that the cookie needs more than one chunk.
        user_metadata: { about: 'x'.repeat(4_000) },
      });
      return writeCookie(url, accessToken);
    },
    stop: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
}

async function writeCookie(url: string, accessToken: string): Promise<string> {
  const jar = new Map<string, string>();
  const client = createServerClient(url, PUBLISHABLE_KEY, {
    cookies: {
      getAll: () => [...jar].map(([name, value]) => ({ name, value })),
      setAll: (cookies) => {
        for (const { name, value } of cookies) {
          jar.set(name, value);
        }
      },
    },
  });
  const { error } = await client.auth.setSession({ access_token: accessToken, refresh_token: 'refresh' });
  if (error) {
    throw error;
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}
