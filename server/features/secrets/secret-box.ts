import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';

/** A secret as the database has it. */
export interface SealedSecret {
  readonly key_id: string;
  readonly nonce: Buffer;
  /** With the authentication tag at its end. */
  readonly ciphertext: Buffer;
}

/** Whose secret it is. Another identity cannot open it. */
export interface SecretIdentity {
  readonly appId: string;
  readonly name: string;
}

/** Encrypts secrets with the newest of the server's keys, and decrypts those of all of them. */
export interface SecretBox {
  /** The ids of its keys, the newest first; empty if the server has no key. */
  readonly keyIds: readonly string[];
  /** `undefined` where the server has no key. */
  seal(identity: SecretIdentity, value: string): SealedSecret | undefined;
  /** `undefined` if no key opens it: another key sealed it, or it was changed. */
  open(identity: SecretIdentity, sealed: SealedSecret): string | undefined;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_LENGTH = 16;

/** `keys` have 32 bytes each, the newest comes first. */
export function createSecretBox(keys: readonly Uint8Array[]): SecretBox {
  const byId = new Map(keys.map((key) => [toKeyId(key), key]));
  const keyIds = [...byId.keys()];
  const [newest] = byId;
  return {
    keyIds,
    seal(identity, value) {
      if (newest === undefined) {
        return undefined;
      }
      const [key_id, key] = newest;
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(toAssociatedData(identity));
      const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { key_id, nonce, ciphertext };
    },
    open(identity, { key_id, nonce, ciphertext }) {
      const key = byId.get(key_id);
      if (key === undefined || nonce.length !== NONCE_BYTES || ciphertext.length < TAG_BYTES) {
        return undefined;
      }
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(toAssociatedData(identity));
      decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
      try {
        const value = Buffer.concat([decipher.update(ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]);
        return value.toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** Tells keys apart. A hash of 32 random bytes says nothing about them. */
function toKeyId(key: Uint8Array): string {
  return hash('sha256', key, 'hex').slice(0, KEY_ID_LENGTH);
}

/** With the version of this form, so that a later form cannot be mistaken for it. */
function toAssociatedData({ appId, name }: SecretIdentity): Buffer {
  return Buffer.from(JSON.stringify(['qassandra secret', 1, appId, name]));
}
