import type { Queryable } from '../../db/pool.ts';

/** Removes the token, so that it works only once. Resolves with whether it was valid. */
export async function consumeSignInToken(db: Queryable, tokenHash: Buffer): Promise<boolean> {
  const rows = await db.query({
    name: 'consume-sign-in-token',
    text: `
      delete from sign_in_tokens
      where token_hash = $1::bytea
      returning expires_at > now() as valid`,
    values: [tokenHash],
  });
  return rows[0]?.valid === true;
}
