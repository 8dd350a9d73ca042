import { parseArgs } from 'node:util';
import { createLocalIssuer } from '../auth/local/local-issuer.ts';
import { ConfigError } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { createDatabase } from '../db/pool.ts';
import { emailSchema } from '../http/field-schemas.ts';
import { createLogger } from '../observe/logger.ts';
import { explainStartError } from '../process/explain-start-error.ts';
import { waitForFarAddresses } from '../process/far-addresses.ts';
import { readSettings } from '../process/read-settings.ts';

const USAGE = 'Use "npm run sign-in", or "npm run sign-in -- --email ada@example.com".';

/**
 * `npm run sign-in`: prints a new sign-in link for the server that uses the same settings; with `--email`, one for the
 * person with that address.
 */
async function main(): Promise<void> {
  const email = readEmail(process.argv.slice(2));
  const config = readSettings();
  if (config.supabase) {
    throw new ConfigError(
      'SUPABASE_URL is set, so people sign in with Supabase and there are no sign-in links.',
    );
  }
  const database = await openDatabase(config, createLogger(config));
  const db = createDatabase({ connectionString: database.connectionString, onIdleError: () => {} });
  try {
    await migrate(database.connectionString);
    const issuer = await createLocalIssuer(db, config.publicUrl);
    console.log(`Sign in: ${await issuer.createSignInLink({ email })}`);
    if (email !== undefined) {
      console.log(`It signs in ${email}. It works once, within 15 minutes.`);
    }
  } finally {
    await db.close();
    await database.close();
  }
}

/** The address of `--email` in lower case; `undefined` without that option. */
function readEmail(args: string[]): string | undefined {
  const { values, positionals } = parseOptions(args);
  if (positionals.length > 0) {
    throw new ConfigError(`"${positionals[0]}" is no option. ${USAGE}`);
  }
  if (values.email === undefined) {
    return undefined;
  }
  const { data, error } = emailSchema.safeParse(values.email);
  if (error) {
    throw new ConfigError(`--email is "${values.email}", which is not an email address. ${USAGE}`);
  }
  return data.toLowerCase();
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { email: { type: 'string' } } });
  } catch (error) {
    const [problem] = String(error instanceof Error ? error.message : error).split('. ');
    throw new ConfigError(`${problem}. ${USAGE}`);
  }
}

waitForFarAddresses();
main().catch((error: unknown) => {
  console.error(explainStartError(error));
  process.exitCode = 1;
});
