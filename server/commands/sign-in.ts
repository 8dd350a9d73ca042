import { createLocalIssuer } from '../auth/local/local-issuer.ts';
import { ConfigError } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { createDatabase } from '../db/pool.ts';
import { explainStartError } from '../explain-start-error.ts';
import { waitForFarAddresses } from '../far-addresses.ts';
import { createLogger } from '../observe/logger.ts';
import { readSettings } from '../read-settings.ts';

/** `npm run sign-in`: prints a new sign-in link for the server that uses the same settings. */
async function main(): Promise<void> {
  const config = readSettings();
  if (config.supabase) {
    throw new ConfigError('SUPABASE_URL is set: users sign in there, and there is no sign-in link.');
  }
  const database = await openDatabase(config, createLogger(config));
  const db = createDatabase({ connectionString: database.connectionString, onIdleError: () => {} });
  try {
    await migrate(database.connectionString);
    const issuer = await createLocalIssuer(db, config.publicUrl);
    console.log(`Sign in: ${await issuer.createSignInLink()}`);
  } finally {
    await db.close();
    await database.close();
  }
}

waitForFarAddresses();
main().catch((error: unknown) => {
  console.error(explainStartError(error));
  process.exitCode = 1;
});
