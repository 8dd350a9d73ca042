import type { Queryable } from '../../../db/pool.ts';
import type { SealedSecret } from '../secret-box.ts';

export interface ReplacedCiphertext {
  readonly appId: string;
  readonly name: string;
  /** The nonce of the ciphertext to replace. A secret that was set again has another nonce and stays unchanged. */
  readonly oldNonce: Buffer;
  readonly sealed: SealedSecret;
}

/** Stores the same values, encrypted with the newest key. */
export async function replaceCiphertexts(
  db: Queryable,
  replaced: readonly ReplacedCiphertext[],
): Promise<void> {
  await db.query({
    name: 'replace-ciphertexts',
    text: `
      update secrets as secret
      set key_id = renewed.key_id, nonce = renewed.nonce, ciphertext = renewed.ciphertext
      from unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::bytea[])
        as renewed (app_id, name, old_nonce, key_id, nonce, ciphertext)
      where secret.app_id = renewed.app_id and secret.name = renewed.name and secret.nonce = renewed.old_nonce`,
    values: [
      replaced.map(({ appId }) => appId),
      replaced.map(({ name }) => name),
      replaced.map(({ oldNonce }) => oldNonce),
      replaced.map(({ sealed }) => sealed.key_id),
      replaced.map(({ sealed }) => sealed.nonce),
      replaced.map(({ sealed }) => sealed.ciphertext),
    ],
  });
}
