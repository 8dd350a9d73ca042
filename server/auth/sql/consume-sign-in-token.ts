import type { Queryable } from '../../db/pool.ts';

/** Who signs in by a link. `undefined` as `person` is the admin of local sign-in. */
export interface SignInByLink {
  readonly person: { readonly id: string; readonly email: string } | undefined;
}

interface ConsumedRow {
  readonly user_id: string | null;
  readonly email: string | null;
}

/**
 * Removes the token, so that it works only once, and stores the person of a personal link at their first sign-in.
 * Resolves with `undefined` if the token was not valid.
 */
export async function consumeSignInToken(
  db: Queryable,
  tokenHash: Buffer,
): Promise<SignInByLink | undefined> {
  const rows = await db.query<ConsumedRow>({
    name: 'consume-sign-in-token',
    text: `
      with of_admin as (
        delete from sign_in_tokens
        where token_hash = $1::bytea
        returning expires_at
      ),
      of_person as (
        delete from personal_sign_in_tokens
        where token_hash = $1::bytea
        returning email, expires_at
      ),
      person as (
        insert into local_people (email)
        select email from of_person where expires_at > now()
        on conflict (email) do update set email = excluded.email
        returning user_id, email
      )
      select null::uuid as user_id, null::text as email from of_admin where expires_at > now()
      union all
      select user_id, email from person`,
    values: [tokenHash],
  });
  const [row] = rows;
  if (!row) {
    return undefined;
  }
  const { user_id: id, email } = row;
  return { person: id === null || email === null ? undefined : { id, email } };
}
