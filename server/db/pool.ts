import pg from 'pg';
import { DatabaseUnavailableError } from './database-unavailable-error.ts';

/** A named statement: prepared once a connection, then only bound. Names are those of the files in `sql/`. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** What a query function takes: the pool, or a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]>;
}

/** How many connections there are, how many of them nobody uses, and how many queries wait for one. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface Database extends Queryable {
  /** How to open a further connection, for `listen`. */
  readonly connectionString: string;
  countConnections(): PoolState;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly connectionString: string;
  /** Connections at most. */
  readonly max?: number;
  /** Called with the error of a connection that broke while nobody used it. */
  readonly onIdleError: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;

/**
 * SQLSTATE classes of a server that cannot serve for now: connection exceptions (08), out of resources (53),
 * being shut down or starting (57), read-only after a failover (25).
 */
const UNAVAILABLE_CLASSES = new Set(['08', '25', '53', '57']);

/** Two transactions that stood in each other's way: one was undone whole, and may be tried again. */
const RETRYABLE_STATES = new Set(['40001', '40P01']);

function isUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    return UNAVAILABLE_CLASSES.has(error.code?.slice(0, 2) ?? '');
  }
  // What pg itself or the socket raises has no SQLSTATE: the query never got an answer.
  return !(error instanceof TypeError || error instanceof RangeError);
}

function isRetryable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && RETRYABLE_STATES.has(error.code ?? '');
}

/** A pool of connections. A query that gets no answer rejects with a `DatabaseUnavailableError`, in bounded time. */
export function createDatabase({ connectionString, max = 10, onIdleError }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'qassandra',
    // Not as a start-up parameter, which poolers refuse.
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

/** The row of a statement that always has one. */
export function takeRow<Row>([row]: readonly Row[]): Row {
  if (row === undefined) {
    throw new Error('A statement that always returns a row returned none.');
  }
  return row;
}
