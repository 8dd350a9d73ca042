import pg from 'pg';
import { DatabaseUnavailableError } from './database-unavailable-error.ts';

/** A named statement: prepared once per connection, then only bound. Its name is the name of its file in `sql/`. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** The argument of query functions: the pool, or a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]>;
}

/** How many connections the pool has, how many of them are idle, and how many queries wait for one. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface Database extends Queryable {
  /** The address for opening a further connection, for `listen`. */
  readonly connectionString: string;
  countConnections(): PoolState;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly connectionString: string;
  /** Maximum number of connections. */
  readonly max?: number;
  /** Called with the error of a connection that broke while it was idle. */
  readonly onIdleError: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;

/**
 * SQLSTATE classes of a server that cannot serve for now: connection exceptions (08), out of resources (53),
 * being shut down or starting (57), read-only after a failover (25).
 */
const UNAVAILABLE_CLASSES = new Set(['08', '25', '53', '57']);

/** Serialization failures and deadlocks: the whole transaction was rolled back, and may be tried again. */
const RETRYABLE_STATES = new Set(['40001', '40P01']);

function isUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    return UNAVAILABLE_CLASSES.has(error.code?.slice(0, 2) ?? '');
  }
  // Errors of pg itself or of the socket have no SQLSTATE: the query never got an answer.
  return !(error instanceof TypeError || error instanceof RangeError);
}

function isRetryable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && RETRYABLE_STATES.has(error.code ?? '');
}

/**
 * Creates a pool of connections. A query that gets no answer rejects with a `DatabaseUnavailableError`, in bounded
 * time.
 */
export function createDatabase({ connectionString, max = 10, onIdleError }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'qassandra',
    // Not as a start-up parameter: poolers refuse it.
    onConnect: async (client) => {
      await client.query(`set statement_timeout = ${QUERY_TIMEOUT_MS}`);
    },
  });
  pool.on('error', onIdleError);
  return {
    connectionString,
    async query<Row extends pg.QueryResultRow>({ name, text, values }: Statement) {
      const run = () => pool.query<Row>({ name, text, values: values === undefined ? [] : [...values] });
      try {
        const { rows } = await run().catch((error: unknown) => {
          if (isRetryable(error)) {
            return run();
          }
          throw error;
        });
        return rows;
      } catch (error) {
        throw isUnavailable(error) ? new DatabaseUnavailableError({ cause: error }) : error;
      }
    },
    countConnections: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  };
}

/** The row of a statement that always returns one. Throws if there is none. */
export function takeRow<Row>([row]: readonly Row[]): Row {
  if (row === undefined) {
    throw new Error('A statement that always returns a row returned none.');
  }
  return row;
}
