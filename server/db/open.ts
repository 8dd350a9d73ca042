import pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { DatabaseStartError } from './database-start-error.ts';
import { createDatabaseStartError, describePlace } from './describe-database-error.ts';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
import { keepPostgresRunning } from './embedded/keep-postgres-running.ts';

export interface OpenedDatabase {
  readonly connectionString: string;
  /** For the person who starts the server; holds no password. */
  readonly description: string;
  close(): Promise<void>;
}

const OLDEST_VERSION = 140_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens the PostgreSQL of `DATABASE_URL`, or starts the embedded one and keeps it running until `close`. Rejects with a
 * `DatabaseStartError` if it cannot be used.
 */
export async function openDatabase(
  { databaseUrl, dataDir }: Config,
  logger: Logger,
): Promise<OpenedDatabase> {
  if (databaseUrl === undefined) {
    const embedded = await startEmbeddedPostgres(dataDir);
    const keeper = keepPostgresRunning(embedded, logger);
    return {
      connectionString: embedded.connectionString,
      description: `embedded PostgreSQL in ${dataDir}`,
      async close() {
        await keeper.stop();
        await embedded.stop();
      },
    };
  }
  await assertUsable(databaseUrl);
  const description = `PostgreSQL at ${describePlace(databaseUrl)}`;
  return { connectionString: databaseUrl, description, close: async () => {} };
}

async function assertUsable(connectionString: string): Promise<void> {
  const version = await readVersion(connectionString).catch((error: unknown) => {
    throw createDatabaseStartError(connectionString, error);
  });
  if (version < OLDEST_VERSION) {
    throw new DatabaseStartError(
      `The PostgreSQL at ${describePlace(connectionString)} has version ${Math.floor(version / 10_000)}, which is too old. ` +
        'Upgrade it to 14 or later, or name another one in DATABASE_URL.',
    );
  }
}

async function readVersion(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // If the connection breaks, the query rejects. This event needs no answer.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      `select current_setting('server_version_num')::int as version`,
    );
    return rows[0]?.version ?? 0;
  } finally {
    await client.end().catch(() => {});
  }
}
