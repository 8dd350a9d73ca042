import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigError, parseEncryptionKeys } from '../../config.ts';

/** In `DATA_DIR`, beside the embedded database. */
const FILE = 'encryption-key';
const KEY_BYTES = 32;

/**
 * What the server encrypts secrets with, the newest key first: `ENCRYPTION_KEY`, or with the embedded database a key
 * that is made beside it. No key with a database of one's own and without that setting. Rejects with a `ConfigError`
 * where the file with the key cannot be used.
 */
export async function openEncryptionKeys({
  encryptionKeys,
  databaseUrl,
  dataDir,
}: Pick<Config, 'encryptionKeys' | 'databaseUrl' | 'dataDir'>): Promise<readonly Uint8Array[]> {
  if (encryptionKeys !== undefined) {
    return encryptionKeys;
  }
  return databaseUrl === undefined ? [await openKeyFile(dataDir)] : [];
}

/** Where the key of an embedded database is. */
export function getKeyFile(dataDir: string): string {
  return join(dataDir, FILE);
}

/** The key in the folder, which is made the first time. Of several processes that make it at once, one does. */
async function openKeyFile(dataDir: string): Promise<Uint8Array> {
  const file = getKeyFile(dataDir);
  try {
    const found = await readIfExists(file);
    const [key, ...others] = parseEncryptionKeys(found ?? (await createKeyFile(file)));
    if (key !== undefined && others.length === 0) {
      return key;
    }
  } catch (cause) {
    throw new ConfigError(
      `The file ${file}, with the key of the apps' secrets, cannot be used: ${describe(cause)}. Check its owner and that the disk has space, or set ENCRYPTION_KEY.`,
      { cause },
    );
  }
  throw new ConfigError(
    `The file ${file} does not contain the key of the apps' secrets, 32 bytes in base64. Restore it from a backup, or move it away to start with a new key.`,
  );
}

/** Written to a temporary file, then linked into place. That fails if another process was first. */
async function createKeyFile(file: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    await handle.sync();
    await link(draft, file).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) {
        throw error;
      }
    });
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}

async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
