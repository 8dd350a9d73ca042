import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTVerifyGetKey, SignJWT } from 'jose';
import type { Queryable } from '../../db/pool.ts';
import {
  createInvalidSessionError,
  createSessionVerifier,
  getIssuer,
  type SessionUser,
  type SessionVerifier,
} from '../session/session.ts';
import { createSessionCookies } from '../session/session-cookie.ts';
import { consumeSignInToken } from '../sql/consume-sign-in-token.ts';
import { insertEndedLocalSession } from '../sql/insert-ended-local-session.ts';
import { insertPersonalSignInToken } from '../sql/insert-personal-sign-in-token.ts';
import { insertSignInToken } from '../sql/insert-sign-in-token.ts';
import { localSessionEnded } from '../sql/local-session-ended.ts';
import { upsertLocalIssuer } from '../sql/upsert-local-issuer.ts';

const ALGORITHM = 'ES256';
/** A local session has no refresh token, so it must last as long as a person works on one machine. */
const SESSION_SECONDS = 7 * 24 * 60 * 60;
const LOCAL_EMAIL = 'admin@localhost';

/** Local sign-in: issues tokens like Supabase's, signed with a key that all instances share through the database. */
export interface LocalIssuer {
  readonly verifier: SessionVerifier;
  /**
   * Creates a link that signs in its first visitor and is valid for 15 minutes: as the person with this address, in lower
   * case, or as the admin.
   */
  createSignInLink(options?: { readonly email?: string | undefined }): Promise<string>;
  /** `Set-Cookie` values of a new session; `undefined` if the link's token is unknown, used or expired. */
  signIn(token: string, cookieHeader: string | undefined): Promise<readonly string[] | undefined>;
}

export async function createLocalIssuer(db: Queryable, publicUrl: string): Promise<LocalIssuer> {
  const { userId, privateJwk } = await upsertLocalIssuer(db, {
    userId: randomUUID(),
    privateJwk: await generatePrivateJwk(),
  });
  const { d: _private, ...publicJwk } = privateJwk;
  const [privateKey, publicKey] = await Promise.all([
    importJWK(privateJwk, ALGORITHM),
    importJWK(publicJwk, ALGORITHM),
  ]);

  const verifier = createLocalVerifier(db, publicUrl, async () => publicKey);

  async function createSession({ id, email }: SessionUser): Promise<object> {
    const issuedAt = Math.floor(Date.now() / 1000);
    const accessToken = await new SignJWT({
      email,
      role: 'authenticated',
      session_id: randomUUID(),
    })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(getIssuer(publicUrl))
      .setAudience('authenticated')
      .setSubject(id)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + SESSION_SECONDS)
      .sign(privateKey);
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: SESSION_SECONDS,
      expires_at: issuedAt + SESSION_SECONDS,
      refresh_token: '',
      user: { id, email, aud: 'authenticated', role: 'authenticated' },
    };
  }

  return {
    verifier,
    async createSignInLink({ email } = {}) {
      const token = randomBytes(32).toString('base64url');
      const tokenHash = hashToken(token);
      await (email === undefined
        ? insertSignInToken(db, tokenHash)
        : insertPersonalSignInToken(db, { tokenHash, email }));
      return `${publicUrl}/sign-in?token=${token}`;
    },
    async signIn(token, cookieHeader) {
      const signedIn = await consumeSignInToken(db, hashToken(token));
      if (!signedIn) {
        return undefined;
      }
      const { person = { id: userId, email: LOCAL_EMAIL } } = signedIn;
      return createSessionCookies(await createSession(person), {
        name: verifier.cookieName,
        publicUrl,
        cookieHeader,
        maxAgeSeconds: SESSION_SECONDS,
      });
    },
  };
}

function createLocalVerifier(db: Queryable, publicUrl: string, getKey: JWTVerifyGetKey): SessionVerifier {
  return createSessionVerifier({
    issuerUrl: publicUrl,
    publicUrl,
    algorithms: [ALGORITHM],
    getKey,
    async assertStands(_accessToken, { session_id: id }) {
      if (id === undefined || (await localSessionEnded(db, id))) {
        throw createInvalidSessionError();
      }
    },
    async end(_accessToken, { session_id: id, exp }) {
      if (id !== undefined) {
        await insertEndedLocalSession(db, { id, expiresAt: new Date(exp * 1000) });
      }
    },
  });
}

async function generatePrivateJwk(): Promise<JWK> {
  return exportJWK((await generateKeyPair(ALGORITHM, { extractable: true })).privateKey);
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
