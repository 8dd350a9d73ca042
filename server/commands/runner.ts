import type { Logger } from 'pino';
import { startListener } from '../db/listener.ts';
import { createDatabase } from '../db/pool.ts';
import type { CheckObserver } from '../features/checks/queue/check-observer.ts';
import { startQueue } from '../features/checks/queue/queue.ts';
import { createSecretBox } from '../features/secrets/secret-box.ts';
import { createLogger } from '../observe/logger.ts';
import { openTracing } from '../observe/open-observers.ts';
import { explainStartError } from '../process/explain-start-error.ts';
import { waitForFarAddresses } from '../process/far-addresses.ts';
import { startRunner } from '../runner/start-runner.ts';
import { connectSupervisor } from '../supervision/connect-supervisor.ts';
import type { RunnerSettings } from '../supervision/runner-messages.ts';

/** A heartbeat, progress and results of a few checks at the same time. */
const CONNECTIONS = 4;
/** A runner that has not stopped by then ends anyway. */
const STOP_TIMEOUT_MS = 8_000;

/**
 * A runner process: takes checks from the queue and runs them. The server starts `RUNNERS` of them; `npm run runner`
 * starts one without a server, with `DATABASE_URL`, on any machine. With `--version`, only prints the version.
 */
async function main(): Promise<void> {
  if (process.argv.includes('--version')) {
    const { version } = await import('../version.ts');
    console.log(version);
    return;
  }
  process.title = 'qassandra runner';
  const supervisor = connectSupervisor();
  if (supervisor) {
    const settings = await Promise.race([supervisor.settings, supervisor.stopped]);
    if (typeof settings === 'object') {
      await runChecks(settings, {
        ...supervisor,
        logger: createLogger(settings),
        observers: [supervisor.observer],
      });
    }
  } else {
    // Loaded only here, to save memory: a server's runner needs neither.
    const { openStandalone } = await import('../supervision/open-standalone.ts');
    const { settings, logger, observers, stopped, close } = await openStandalone();
    try {
      await runChecks(settings, { logger, observers, stopped });
    } finally {
      await close();
    }
  }
}

interface Surroundings {
  readonly logger: Logger;
  readonly observers: readonly CheckObserver[];
  readonly stopped: Promise<string>;
  readonly isPressed?: () => boolean;
}

async function runChecks(
  settings: RunnerSettings,
  { logger, observers, stopped, isPressed }: Surroundings,
): Promise<void> {
  const { connectionString, encryptionKeys, checksAtOnce, privateTargets } = settings;
  const tracing = await openTracing(settings, logger);
  const pool = createDatabase({
    connectionString,
    max: CONNECTIONS,
    onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const db = tracing?.observeDatabase(pool) ?? pool;
  const listener = startListener(connectionString, logger);
  const runner = startRunner({ privateTargets });
  const queue = startQueue({
    db,
    listener,
    runner,
    secretBox: createSecretBox(encryptionKeys),
    checksAtOnce,
    logger,
    observers: tracing ? [...observers, tracing] : observers,
    ...(isPressed && { isPressed }),
  });
  logger.info({ reason: await stopped }, 'the runner stops');
  // Without a database nothing can be released: the leases run out.
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  await queue.stop();
  runner.stop();
  await Promise.all([listener.stop(), tracing?.stop()]);
  await db.close();
}

/** Lets the process end. A server that was killed has closed the channel already. */
function disconnect(): void {
  if (process.connected) {
    process.disconnect();
  }
}

waitForFarAddresses();
main().then(disconnect, (error: unknown) => {
  console.error(explainStartError(error));
  process.exitCode = 1;
  disconnect();
});
