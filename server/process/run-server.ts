import type { Config } from '../config.ts';
import { type OpenedDatabase, openDatabase } from '../db/open.ts';
import { openEncryptionKeys } from '../features/secrets/open-encryption-keys.ts';
import { createLogger } from '../observe/logger.ts';
import { type RunningServer, startServer } from '../server.ts';
import { version } from '../version.ts';
import { explainStartError } from './explain-start-error.ts';
import { waitForFarAddresses } from './far-addresses.ts';
import { readSettings } from './read-settings.ts';
import { listenForStop } from './stop-signal.ts';

/**
 * Runs the server process: reads the settings, opens the database, starts the server, and shuts down in order after a
 * signal. With `--version`, only prints the version.
 */
async function run(): Promise<void> {
  if (process.argv.includes('--version')) {
    console.log(version);
    return;
  }
  const config = readSettings();
  const logger = createLogger(config);
  const database = await openDatabase(config, logger);
  try {
    const { connectionString } = database;
    const encryptionKeys = await openEncryptionKeys(config);
    const server = await startServer({ config, connectionString, encryptionKeys, logger });
    try {
      await announce(config, database, server);
      logger.info({ signal: await waitForSignal() }, 'stopping; another signal after 2 s ends at once');
    } finally {
      await server.stop();
    }
  } finally {
    await database.close();
  }
  logger.info('stopped');
}

/**
 * How long further signals count as the first one. Ctrl-C on `npm start` comes twice: from the terminal, which sends it
 * to every process, and from npm, which passes its own on.
 */
const SAME_SIGNAL_MS = 2_000;

/** Resolves with the first signal to stop. A further one ends the process at once, unless it counts as the first. */
function waitForSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let firstAt: number | undefined;
  listenForStop((signal) => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > SAME_SIGNAL_MS) {
      process.exit(1);
    }
    resolve(signal);
  });
  return promise;
}

async function announce(config: Config, database: OpenedDatabase, server: RunningServer): Promise<void> {
  console.log(`Qassandra ${version} on Node.js ${process.version}`);
  console.log(`Database: ${database.description}`);
  console.log(`Listening on ${config.host}:${config.port}, reached at ${config.publicUrl}`);
  if (config.metrics) {
    console.log(`Metrics: http://${config.metrics.host}:${config.metrics.port}/metrics`);
  }
  if (server.localIssuer) {
    console.log(`Sign in: ${await server.localIssuer.createSignInLink()}`);
  }
}

/** Runs the server process to its end. A problem is printed, and the exit code is 1. */
export async function runServer(): Promise<void> {
  waitForFarAddresses();
  try {
    await run();
  } catch (error) {
    console.error(explainStartError(error));
    process.exitCode = 1;
  }
}
