import pLimit from 'p-limit';
import QuickLRU from 'quick-lru';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Queryable, Statement } from '../../db/pool.ts';

/** Counts failures by name, for all instances together. A name is a source address or the start of a key. */
export interface FailureCounter {
  /** Whether this process has seen the limit of any name reached, in a window that has not ended yet. */
  isBlocking(): boolean;
  /** Milliseconds until the window of `name` ends, if this process has seen its limit reached; else 0. */
  getBlockedMs(name: string): number;
  /**
   * Counts one failure of `name`. Resolves with the milliseconds to wait if the limit was reached before it, else 0.
   */
  count(name: string): Promise<number>;
}

export interface FailureCounterOptions {
  readonly db: Queryable;
  /** Maximum failures per window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Called with the error if a failure could not be counted. That failure is then ignored. */
  readonly onError: (error: unknown) => void;
}

/** Names to remember. quick-lru keeps up to twice as many, of about 100 bytes each. */
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
    // `delete-expired-failures.ts` does this instead, and stops with the server.
    clearExpiredByTimeout: false,
    keyPrefix: '',
    points: limit,
    duration: windowMs / 1000,
  });
  // The library also remembers blocked names, but reading that memory counts one more failure.
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

/**
 * Statements that count for the same name wait for each other's row lock. Run one at a time, so that they do not occupy
 * the pool.
 */
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
