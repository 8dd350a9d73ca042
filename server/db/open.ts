import type { Config } from '../config.ts';
import { startEmbeddedPostgres } from './embedded.ts';

export interface OpenedDatabase {
  readonly connectionString: string;
  /** For the person who starts the server; holds no password. */
  readonly description: string;
  close(): Promise<void>;
}

/** The PostgreSQL of `DATABASE_URL`, or the embedded one, started. */
export async function openDatabase({ databaseUrl, dataDir }: Config): Promise<OpenedDatabase> {
  if (databaseUrl !== undefined) {
    const { hostname, port, pathname } = new URL(databaseUrl);
    return {
      connectionString: databaseUrl,
      description: `PostgreSQL at ${hostname}:${port || 5432}${pathname}`,
      close: async () => {},
    };
  }
  const embedded = await startEmbeddedPostgres(dataDir);
  return {
    connectionString: embedded.connectionString,
    description: `embedded PostgreSQL in ${dataDir}`,
    close: () => embedded.stop(),
  };
}
