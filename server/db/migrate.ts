import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { DatabaseStartError } from './database-start-error.ts';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));

/**
 * Brings the schema up to date with the files of `folder`, in one transaction and under an advisory lock: of
 * several instances that start at once one migrates and the others wait. A migration that fails leaves the old
 * schema, and rejects with a `DatabaseStartError` that names it.
 */
export async function migrate(connectionString: string, folder = MIGRATIONS): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'qassandra migrate' });
  // A connection that breaks in between is told by the query that it breaks.
  client.on('error', () => {});
  let current: string | undefined;
  await client.connect();
  try {
    await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'schema_migrations',
      advisoryLockMode: 'wait',
      singleTransaction: true,
      // The only place where the tool says which migration it is at.
      log: (line) => {
        current = /^### MIGRATION (.+) \(UP\)/.exec(line)?.[1] ?? current;
      },
    });
  } catch (cause) {
    throw current === undefined ? cause : createMigrationError(current, cause);
  } finally {
    await client.end().catch(() => {});
  }
}

function createMigrationError(name: string, cause: unknown): DatabaseStartError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatabaseStartError(
    `The migration ${name} failed: ${reason}. Nothing of it was kept: the schema is as it was, and the version ` +
      'that ran before still starts on it. Mend what the reason names, then start this version again.',
    { cause },
  );
}
