import pLimit from 'p-limit';
import QuickLRU from 'quick-lru';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Queryable, Statement } from '../../db/pool.ts';

/** Counts failures by the name of where they come from, for all instances together. */
export interface FailureCounter {
  /** Whether this process has seen the limit of any name met that still holds. */
  isBlocking(): boolean;
  /** The milliseconds until failures of `name` count anew, where this process has seen its limit met; else 0. */
  getBlockedMs(name: string): number;
  /** Counts one failure of `name`. The milliseconds to wait where the limit was met before it, else 0. */
  count(name: string): Promise<number>;
}

export interface FailureCounterOptions {
  readonly db: Queryable;
  /** How many failures may come in a window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Called with what kept a failure from being counted, which then goes uncounted. */
  readonly onError: (error: unknown) => void;
}

/** quick-lru keeps up to twice as many, of some 100 bytes each. */
const BLOCKS = 10_000;

export function createFailureCounter({
  db,
  limit,
  windowMs,
  onError,
}: FailureCounterOptions): FailureCounter {
  const limiter = new RateLimiterPostgres({
    storeClient: createStoreClient(db),
    storeType: 'client',
    tableName: 'failed_authentications',
    tableCreated: true,
    // Done by `delete-expired-failures.ts`, which stops with the server.
    clearExpiredByTimeout: false,
    keyPrefix: '',
    points: limit,
    duration: windowMs / 1000,
  });
  // The library's own memory of what is blocked can only be asked by counting once more.
  const blockedUntil = new QuickLRU<string, number>({ maxSize: BLOCKS });
  let isOpenAt = 0;

  function block(name: string, milliseconds: number): void {
    const until = Date.now() + milliseconds;
    blockedUntil.set(name, until);
    isOpenAt = Math.max(isOpenAt, until);
  }

  return {
    isBlocking: () => Date.now() < isOpenAt,
    getBlockedMs: (name) => Math.max(0, (blockedUntil.get(name) ?? 0) - Date.now()),
    async count(name) {
      try {
        const { remainingPoints, msBeforeNext } = await limiter.consume(name);
        if (remainingPoints === 0) {
          block(name, msBeforeNext);
        }
        return 0;
      } catch (error) {
        if (error instanceof RateLimiterRes) {
          block(name, error.msBeforeNext);
          return error.msBeforeNext;
        }
        onError(error);
        return 0;
      }
    },
  };
}

/** Counts of one name wait for each other's row: they leave the pool to others. */
const AT_ONCE = 1;

/** The part of a `pg` client that the library calls. */
function createStoreClient(db: Queryable) {
  const one = pLimit(AT_ONCE);
  return {
    async query(statement: Statement) {
      const rows = await one(() => db.query(statement));
      return { rows, rowCount: rows.length };
    },
  };
}
