import { ConfigError } from '../config.ts';
import { copyDatabase } from '../db/copy-database.ts';
import { openDatabase } from '../db/open.ts';
import { explainStartError } from '../explain-start-error.ts';
import { waitForFarAddresses } from '../far-addresses.ts';
import { createLogger } from '../observe/logger.ts';
import { readSettings } from '../read-settings.ts';

/** `npm run move-database`: copies the embedded database of `DATA_DIR` to the PostgreSQL of `DATABASE_URL`. */
async function main(): Promise<void> {
  const config = readSettings();
  if (config.databaseUrl === undefined) {
    throw new ConfigError('Set DATABASE_URL to the PostgreSQL that the data should move to.');
  }
  const logger = createLogger(config);
  const target = await openDatabase(config, logger);
  const source = await openDatabase({ ...config, databaseUrl: undefined }, logger);
  try {
    for (const { name, rows } of await copyDatabase(source.connectionString, target.connectionString)) {
      console.log(`${name}: ${rows}`);
    }
    console.log(`Copied from ${source.description} to ${target.description}.`);
  } finally {
    await source.close();
  }
}

waitForFarAddresses();
main().catch((error: unknown) => {
  console.error(explainStartError(error));
  process.exitCode = 1;
});
