import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { createDatabase, type Queryable } from '../db/pool.ts';
import type { CheckObserver } from '../features/checks/queue/check-observer.ts';
import { warnOfUnreadableSecrets } from '../features/secrets/check-secrets.ts';
import { createSecretBox } from '../features/secrets/secret-box.ts';
import { createLogger } from '../observe/logger.ts';
import { readSettings } from '../process/read-settings.ts';
import { listenForStop } from '../process/stop-signal.ts';
import type { RunnerSettings } from './runner-messages.ts';
import { findPrivateTargets } from './sql/find-private-targets.ts';

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
  const config = readSettings();
  if (config.databaseUrl === undefined) {
    throw new ConfigError(
      'Set DATABASE_URL to the PostgreSQL of the server. A runner that is started alone has no other connection to it.',
    );
  }
  const logger = createLogger(config);
  const database = await openDatabase(config, logger);
  const { connectionString } = database;
  await migrate(connectionString);
  console.log(
    `Qassandra runner: up to ${config.checksAtOnce} checks at the same time from ${database.description}`,
  );
  const encryptionKeys = config.encryptionKeys ?? [];
  const db = createDatabase({ connectionString, max: 1, onIdleError: () => {} });
  try {
    await warnOfUnreadableSecrets({ db, secretBox: createSecretBox(encryptionKeys), logger });
    return {
      settings: {
        ...config,
        connectionString,
        encryptionKeys,
        privateTargets: await choosePrivateTargets(db),
      },
      logger,
      observers: [],
      stopped: waitForSignal(),
      close: () => database.close(),
    };
  } finally {
    await db.close();
  }
}

/** This runner's own setting, else the server's; `deny` before a server has started. */
async function choosePrivateTargets(db: Queryable): Promise<Config['privateTargets']> {
  const own = process.env.PRIVATE_TARGETS;
  return own === 'allow' || own === 'deny' ? own : ((await findPrivateTargets(db)) ?? 'deny');
}

function waitForSignal(): Promise<string> {
  return new Promise((resolve) => {
    listenForStop(resolve);
  });
}
