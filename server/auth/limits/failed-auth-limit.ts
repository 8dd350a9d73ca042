import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import type { ApiKeyAtRest } from '../keys/api-key.ts';
import { toAddressGroup } from './address-group.ts';
import { createFailureCounter, type FailureCounter } from './failure-counter.ts';
import { createKeyMemory } from './key-memory.ts';

/** One attempt to authenticate: the source address, and the key if there is one. */
export interface AuthAttempt {
  readonly ip: string | null;
  readonly key?: ApiKeyAtRest;
}

/**
 * Limits failed authentication by source address and by the start of the key. Failures are counted in PostgreSQL, so
 * all instances share the counts. An instance that has seen a limit reached refuses from its memory until the window
 * ends. The limit only refuses: what a key gives access to is read from the database every time.
 */
export interface FailedAuthLimit {
  /**
   * Throws an `ApiError` (429) if too many attempts from this address, or with this start of a key, have failed. Makes
   * no query.
   */
  assertOpen(attempt: AuthAttempt): void;
  /** Notes that a key is in force. The key is still looked up when the limit of its address is reached. */
  noteSuccess(key: ApiKeyAtRest): void;
  /** Counts a failure. Rejects with an `ApiError` (429) if the limit was reached before it, and with no other error. */
  countFailure(attempt: AuthAttempt): Promise<void>;
}

export interface FailedAuthLimitOptions {
  readonly db: Queryable;
  /** Failures per window that get their own answer, like 401, and not 429; `undefined`: no limit. */
  readonly perAddress: number | undefined;
  readonly perKeyStart: number | undefined;
  /** How long failures count, in milliseconds, from the first one on. */
  readonly windowMs?: number;
  /** How many keys that it has not seen before this process looks up per second while a limit is reached. */
  readonly newKeysPerSecond?: number;
  /** Called with the error if a failure could not be counted. The attempt is refused anyway. */
  readonly onError: (error: unknown) => void;
}

export function createFailedAuthLimit(options: FailedAuthLimitOptions): FailedAuthLimit {
  const { db, perAddress, perKeyStart, windowMs = 60_000, newKeysPerSecond = 100, onError } = options;
  const keys = createKeyMemory({ newKeysPerSecond, windowMs });
  const createCounter = (limit: number | undefined) =>
    limit === undefined ? undefined : createFailureCounter({ db, limit, windowMs, onError });
  const addresses = createCounter(perAddress);
  const starts = createCounter(perKeyStart);

  /** The counters that an attempt adds to, each with the name that is stored. */
  function listCounts({ ip, key }: AuthAttempt): (readonly [FailureCounter, string])[] {
    return [
      ...(addresses && ip !== null ? [[addresses, `address:${toAddressGroup(ip)}`] as const] : []),
      ...(starts && key ? [[starts, `start:${key.start}`] as const] : []),
    ];
  }

  function getBlockedMs(attempt: AuthAttempt): number {
    return Math.max(0, ...listCounts(attempt).map(([counter, name]) => counter.getBlockedMs(name)));
  }

  return {
    assertOpen(attempt) {
      // Almost always nothing is blocked. Then skip looking at the address and the key.
      if (!addresses?.isBlocking() && !starts?.isBlocking()) {
        return;
      }
      const blockedMs = getBlockedMs(attempt);
      if (blockedMs > 0 && !(attempt.key && keys.mayTry(attempt.key))) {
        throw createTooManyFailuresError(blockedMs);
      }
    },
    noteSuccess: keys.noteInForce,
    async countFailure(attempt) {
      if (attempt.key) {
        keys.noteRefused(attempt.key);
      }
      const blockedMs = getBlockedMs(attempt);
      const waits =
        blockedMs > 0
          ? [blockedMs]
          : await Promise.all(listCounts(attempt).map(([counter, name]) => counter.count(name)));
      const waitMs = Math.max(0, ...waits);
      if (waitMs > 0) {
        throw createTooManyFailuresError(waitMs);
      }
    },
  };
}

function createTooManyFailuresError(waitMs: number): ApiError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new ApiError(
    'too_many_requests',
    'Too many failed attempts to authenticate, from this address or with keys that start like this one. ' +
      `Try again in ${seconds} s.`,
    { headers: { 'Retry-After': String(seconds) } },
  );
}
