import type { Queryable } from '../../db/pool.ts';

/** Stores the hash of a sign-in link's token for 15 minutes, and removes expired tokens. */
export async function insertSignInToken(db: Queryable, tokenHash: Buffer): Promise<void> {
  await db.query({
    name: 'insert-sign-in-token',
    text: `
      with expired as (delete from sign_in_tokens where expires_at < now())
      insert into sign_in_tokens (token_hash, expires_at)
      values ($1::bytea, now() + interval '15 minutes')`,
    values: [tokenHash],
  });
}
