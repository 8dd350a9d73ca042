import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createServerClient } from '@supabase/ssr';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';

/** What Supabase's auth server says of itself and of a session, over HTTP on loopback. */
export interface Supabase {
  readonly url: string;
  /** How often the key set was fetched. */
  readonly keyFetches: () => number;
  /** From now on the key set is answered with this status. */
  failWith(status: number): void;
  /** An access token as Supabase issues it; `claims` and `header` override what is usual. */
  createToken(claims?: Record<string, unknown>, options?: TokenOptions): Promise<string>;
  /** The `Cookie` header that `@supabase/ssr` itself writes for a session with this token. */
  createCookie(accessToken: string): Promise<string>;
  stop(): Promise<void>;
}

export interface TokenOptions {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly key?: CryptoKey | Uint8Array;
}

export async function startSupabase(): Promise<Supabase> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256', use: 'sig' };
  const users = new Map<string, object>();
  let fetches = 0;
  let status = 200;

  const http = createServer((req, res) => {
    res.setHeader('Content-Type', 'application/json');
    if (req.url === '/auth/v1/.well-known/jwks.json') {
      fetches += 1;
      res.writeHead(status).end(JSON.stringify({ keys: [jwk] }));
      return;
    }
    const user = users.get(req.headers.authorization?.replace('Bearer ', '') ?? '');
    if (req.url === '/auth/v1/user' && user) {
      res.end(JSON.stringify(user));
      return;
    }
    res
      .writeHead(403)
      .end(JSON.stringify({ code: 403, error_code: 'session_not_found', msg: 'Session not found' }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;

  return {
    url,
    keyFetches: () => fetches,
    failWith(failure) {
      status = failure;
    },
    async createToken(claims = {}, { header = {}, key = privateKey } = {}) {
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
    },
    async createCookie(accessToken) {
      users.set(accessToken, {
        id: randomUUID(),
        aud: 'authenticated',
        email: 'ada@example.com',
        // A profile of some size, so that the cookie needs more than one chunk.
        user_metadata: { about: 'x'.repeat(4_000) },
      });
      const jar = new Map<string, string>();
      const client = createServerClient(url, 'sb_publishable_test', {
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
    },
    stop: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
}
