import type { Queryable } from '../../db/pool.ts';

export interface PersonalSignInToken {
  readonly tokenHash: Buffer;
  /** In lower case. */
  readonly email: string;
}

/** Stores the hash of the token of a person's own sign-in link for 15 minutes, and removes expired tokens. */
export async function insertPersonalSignInToken(
  db: Queryable,
  { tokenHash, email }: PersonalSignInToken,
): Promise<void> {
  await db.query({
    name: 'insert-personal-sign-in-token',
    text: `
      with expired as (delete from personal_sign_in_tokens where expires_at < now())
      insert into personal_sign_in_tokens (token_hash, email, expires_at)
      values ($1::bytea, $2::text, now() + interval '15 minutes')`,
    values: [tokenHash, email],
  });
}
