import { type Config, ConfigError, parseConfig } from './config.ts';
import { DatabaseStartError } from './db/database-start-error.ts';
import { type OpenedDatabase, openDatabase } from './db/open.ts';
import { openEncryptionKeys } from './features/secrets/open-encryption-keys.ts';
import { createLogger } from './observe/logger.ts';
import { type RunningServer, startServer } from './server.ts';
import { version } from './version.ts';

/**
 * Runs the server process: reads the settings, opens the database, starts the server, and shuts down in order after a
 * signal. With `--version`, only prints the version.
 */
async function main(): Promise<void> {
  if (process.argv.includes('--version')) {
    console.log(version);
    return;
  }
  const config = parseConfig(process.env);
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
}

/**
 * How long further signals count as the first one. Ctrl-C on `npm start` comes twice: from the terminal, which sends it
 * to every process, and from npm, which passes its own on.
 */
const SAME_SIGNAL_MS = 2_000;

/** Resolves with the first SIGINT or SIGTERM. A further one ends the process at once, unless it counts as the first. */
function waitForSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > SAME_SIGNAL_MS) {
      process.exit(1);
    }
    resolve(signal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
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

/**
 * An error that a person can fix becomes one sentence. Any other error is returned unchanged and printed with its
 * stack.
 */
function explain(error: unknown): unknown {
  if (error instanceof ConfigError || error instanceof DatabaseStartError) {
    return error.message;
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? ` ${error.port}` : '';
    return `The port${port} is in use. Stop what listens there, or choose another one with PORT or METRICS_PORT.`;
  }
  return error;
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
