import { DatabaseStartError } from './database-start-error.ts';
import { DatabaseUnavailableError } from './database-unavailable-error.ts';

const WRONG_USER = 'Correct the user and the password in DATABASE_URL.';
const WRONG_HOST = 'Correct the host in DATABASE_URL.';

/** What to do about an error, by its SQLSTATE or the code of the system. */
const ADVICE: Readonly<Record<string, string>> = {
  '28000': WRONG_USER,
  '28P01': WRONG_USER,
  '3D000': 'Create the database, or name another one in DATABASE_URL.',
  '42501': 'Make its user the owner of the database, or name another user in DATABASE_URL.',
  '25006': 'It is read-only: name the primary server in DATABASE_URL.',
  ECONNREFUSED: 'Start PostgreSQL there, or correct the host and the port in DATABASE_URL.',
  ENOTFOUND: WRONG_HOST,
  EAI_AGAIN: WRONG_HOST,
};
const OTHER_ADVICE = 'Check DATABASE_URL and that the server runs.';

/** Says in two sentences why a database cannot be used. Holds no password. */
export function createDatabaseStartError(connectionString: string, error: unknown): DatabaseStartError {
  const cause = findCause(error);
  const reason = cause instanceof Error ? cause.message : String(cause);
  const advice = ADVICE[readCode(cause)] ?? OTHER_ADVICE;
  return new DatabaseStartError(
    `The PostgreSQL at ${describePlace(connectionString)} cannot be used: ${reason}. ${advice}`,
    { cause: error },
  );
}

function readCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The most useful error: if several addresses were tried, the last one's. */
function findCause(error: unknown): unknown {
  if (error instanceof DatabaseUnavailableError) {
    return findCause(error.cause);
  }
  return error instanceof AggregateError ? (error.errors.at(-1) ?? error) : error;
}

/** Host, port and name, without the user and the password. */
export function describePlace(connectionString: string): string {
  const { hostname, port, pathname } = new URL(connectionString);
  return `${hostname}:${port || 5432}${pathname}`;
}
