import type { Logger } from 'pino';
import { ConfigError, parseConfig } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import type { CheckObserver } from '../features/checks/queue/check-observer.ts';
import { createLogger } from '../observe/logger.ts';
import type { RunnerSettings } from './runner-messages.ts';

/** What `npm run runner` runs checks with. */
export interface Standalone {
  readonly settings: RunnerSettings;
  readonly logger: Logger;
  readonly observers: readonly CheckObserver[];
  /** Resolves with the signal that stops it. */
  readonly stopped: Promise<string>;
  close(): Promise<void>;
}

/** Reads the settings of a runner that no server started, and migrates the database as a server would. */
export async function openStandalone(): Promise<Standalone> {
  const config = parseConfig(process.env);
  if (config.databaseUrl === undefined) {
    throw new ConfigError(
      'Set DATABASE_URL to the PostgreSQL of the server: a runner by itself shares nothing else with it.',
    );
  }
  const logger = createLogger(config);
  const database = await openDatabase(config, logger);
  await migrate(database.connectionString);
  console.log(
    `Qassandra runner: up to ${config.checksAtOnce} checks at the same time from ${database.description}`,
  );
  return {
    settings: { ...config, connectionString: database.connectionString },
    logger,
    observers: [],
    stopped: waitForSignal(),
    close: () => database.close(),
  };
}

function waitForSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => resolve(signal));
    }
  });
}
