import type { Queryable } from '../../../db/pool.ts';
import type { SealedSecret } from '../secret-box.ts';

export interface OutdatedSecretRow extends SealedSecret {
  readonly app_id: string;
  readonly name: string;
}

export interface OutdatedSecrets {
  /** Those encrypted with one of these keys. */
  readonly keyIds: readonly string[];
  readonly limit: number;
  /** Only those after this one. */
  readonly after: { readonly app_id: string; readonly name: string } | undefined;
}

/** Secrets that older keys encrypted. */
export async function listOutdatedSecrets(
  db: Queryable,
  { keyIds, limit, after }: OutdatedSecrets,
): Promise<OutdatedSecretRow[]> {
  return db.query<OutdatedSecretRow>({
    name: 'list-outdated-secrets',
    text: `
      select app_id, name, key_id, nonce, ciphertext
      from secrets
      where key_id = any($1::text[]) and ($3::uuid is null or (app_id, name) > ($3::uuid, $4::text))
      order by app_id, name
      limit $2::integer`,
    values: [keyIds, limit, after?.app_id ?? null, after?.name ?? null],
  });
}
