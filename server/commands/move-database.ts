import { type Config, ConfigError } from '../config.ts';
import { copyDatabase } from '../db/copy-database.ts';
import { openDatabase } from '../db/open.ts';
import { getKeyFile } from '../features/secrets/open-encryption-keys.ts';
import { createLogger } from '../observe/logger.ts';
import { explainStartError } from '../process/explain-start-error.ts';
import { waitForFarAddresses } from '../process/far-addresses.ts';
import { readSettings } from '../process/read-settings.ts';

/** `npm run move-database`: copies the embedded database of `DATA_DIR` to the PostgreSQL of `DATABASE_URL`. */
async function main(): Promise<void> {
  const config = readSettings();
  if (config.databaseUrl === undefined) {
    throw new ConfigError('Set DATABASE_URL to the PostgreSQL to move the data to.');
  }
  const logger = createLogger(config);
  const target = await openDatabase(config, logger);
  const source = await openDatabase({ ...config, databaseUrl: undefined }, logger);
  try {
    const tables = await copyDatabase(source.connectionString, target.connectionString);
    for (const { name, rows } of tables) {
      console.log(`${name}: ${rows}`);
    }
    console.log(`Copied from ${source.description} to ${target.description}.`);
    if (tables.some(({ name, rows }) => name === 'secrets' && rows > 0)) {
      console.log(describeKey(config));
    }
  } finally {
    await source.close();
  }
}

/** The key is not in the database: copying the database does not copy the key. */
function describeKey({ encryptionKeys, dataDir }: Config): string {
  return encryptionKeys === undefined
    ? `The secrets are encrypted with the key in ${getKeyFile(dataDir)}. Start the server and its runners with ENCRYPTION_KEY set to the content of that file.`
    : 'The secrets are encrypted with ENCRYPTION_KEY. Start the server and its runners with the same key.';
}

waitForFarAddresses();
main().catch((error: unknown) => {
  console.error(explainStartError(error));
  process.exitCode = 1;
});
