import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { DatabaseStartError } from './database-start-error.ts';
import { createDatabaseStartError } from './describe-database-error.ts';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));

/**
 * Brings the schema up to date with the files of `folder`, in one transaction and under an advisory lock: if several
 * instances start at once, one migrates and the others wait. If a migration fails, the schema stays unchanged, and this
 * rejects with a `DatabaseStartError` that names the migration, or says why there could be none.
 */
export async function migrate(connectionString: string, folder = MIGRATIONS): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'qassandra migrate' });
  // If the connection breaks, the query rejects. This event needs no answer.
  client.on('error', () => {});
  let current: string | undefined;
  let refusal: unknown;
  try {
    await client.connect();
    await runner({
      dbClient: watchQueries(client, (error) => {
        refusal = error;
      }),
      dir: folder,
      direction: 'up',
      migrationsTable: 'schema_migrations',
      advisoryLockMode: 'wait',
      singleTransaction: true,
      // The tool names the current migration only in this log.
      log: (line) => {
        current = /^### MIGRATION (.+) \(UP\)/.exec(line)?.[1] ?? current;
      },
    });
  } catch (cause) {
    throw current === undefined
      ? createDatabaseStartError(connectionString, refusal ?? cause)
      : createMigrationError(current, cause);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Calls `onError` with the error of a query. The tool hides some of them in the text of another one, with a stack. */
function watchQueries(client: pg.Client, onError: (error: unknown) => void): pg.Client {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') {
        return value;
      }
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(value, target, args);
        if (name === 'query') {
          Promise.resolve(answer).catch(onError);
        }
        return answer;
      };
    },
  });
}

function createMigrationError(name: string, cause: unknown): DatabaseStartError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatabaseStartError(
    `The migration ${name} failed: ${reason}. It changed nothing: the schema is as before, and the version ` +
      'that ran before still starts on it. Correct the cause, then start this version again.',
    { cause },
  );
}
