import type { Logger } from 'pino';
import type { Queryable } from '../../db/pool.ts';
import type { SecretBox } from './secret-box.ts';
import { countUnreadableSecrets } from './sql/count-unreadable-secrets.ts';
import { listOutdatedSecrets, type OutdatedSecretRow } from './sql/list-outdated-secrets.ts';
import { type ReplacedCiphertext, replaceCiphertexts } from './sql/replace-ciphertexts.ts';

export interface SecretCheck {
  readonly db: Queryable;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
}

/** A secret has at most 48 KiB. */
const ROWS_AT_ONCE = 50;

/** Warns of secrets that no key opens. Checks that need these secrets fail, and say so. */
export async function warnOfUnreadableSecrets({ db, secretBox, logger }: SecretCheck): Promise<void> {
  const { apps, secrets } = await countUnreadableSecrets(db, secretBox.keyIds);
  if (secrets > 0) {
    logger.warn(
      { apps, secrets },
      `The secrets of ${apps} ${apps === 1 ? 'app' : 'apps'} cannot be read: they were encrypted with a key that ` +
        'ENCRYPTION_KEY does not have. Checks that use them fail. Add that key after the others, or set the secrets again.',
    );
  }
}

/** Encrypts with the newest key what older ones encrypted, so that those can be left out of the settings. */
export async function renewEncryption({ db, secretBox, logger }: SecretCheck): Promise<void> {
  const [, ...keyIds] = secretBox.keyIds;
  if (keyIds.length === 0) {
    return;
  }
  let renewed = 0;
  let after: OutdatedSecretRow | undefined;
  do {
    const rows = await listOutdatedSecrets(db, { keyIds, limit: ROWS_AT_ONCE, after });
    const replaced = rows.flatMap((row) => sealAnew(secretBox, row));
    await replaceCiphertexts(db, replaced);
    renewed += replaced.length;
    after = rows.at(-1);
  } while (after !== undefined);
  if (renewed > 0) {
    logger.info({ secrets: renewed }, 'secrets were encrypted with the newest key');
  }
}

function sealAnew(secretBox: SecretBox, { app_id, name, ...old }: OutdatedSecretRow): ReplacedCiphertext[] {
  const identity = { appId: app_id, name };
  const value = secretBox.open(identity, old);
  const sealed = value === undefined ? undefined : secretBox.seal(identity, value);
  return sealed === undefined ? [] : [{ ...identity, oldNonce: old.nonce, sealed }];
}
