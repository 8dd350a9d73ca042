import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import type { ApiKeyAtRest } from '../keys/api-key.ts';
import { toAddressGroup } from './address-group.ts';
import { createFailureCounter, type FailureCounter } from './failure-counter.ts';
import { createKeyMemory } from './key-memory.ts';

/** One try to authenticate: from where, and with which key, where it was by key. */
export interface AuthAttempt {
  readonly ip: string | null;
  readonly key?: ApiKeyAtRest;
}

/**
 * Limits failed authentication by source address and by the start of the key. Failures are counted in
 * PostgreSQL, so all instances share them; an instance that has seen a limit met answers from its memory until
 * the window ends. It only ever refuses: what a key opens is asked of the database each time.
 */
export interface FailedAuthLimit {
  /** Throws the `ApiError` (429) of an attempt from where too many have failed. Asks no database. */
  assertOpen(attempt: AuthAttempt): void;
  /** Notes that a key is in force: it goes on being looked up, whatever fails at its address. */
  noteSuccess(key: ApiKeyAtRest): void;
  /** Counts a failure. Rejects with the `ApiError` (429) where the limit was met before it, and with no other. */
  countFailure(attempt: AuthAttempt): Promise<void>;
}

export interface FailedAuthLimitOptions {
  readonly db: Queryable;
  /** Failures in a window that are answered as what they are; `undefined`: no limit. */
  readonly perAddress: number | undefined;
  readonly perKeyStart: number | undefined;
  /** How long failures count, from the first one on. */
  readonly windowMs?: number;
  /** Keys a second, not seen before, that this process looks up though a limit is met. */
  readonly newKeysPerSecond?: number;
  /** Called with what kept a failure from being counted. The attempt is refused all the same. */
  readonly onError: (error: unknown) => void;
}

export function createFailedAuthLimit(options: FailedAuthLimitOptions): FailedAuthLimit {
  const { db, perAddress, perKeyStart, windowMs = 60_000, newKeysPerSecond = 100, onError } = options;
  const keys = createKeyMemory({ newKeysPerSecond, windowMs });
  const createCounter = (limit: number | undefined) =>
    limit === undefined ? undefined : createFailureCounter({ db, limit, windowMs, onError });
  const addresses = createCounter(perAddress);
  const starts = createCounter(perKeyStart);

  /** What an attempt counts for, by the names that are stored. */
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
      // Nearly always, and then neither address nor key need be looked at.
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
    'Too many attempts to authenticate have failed, from this address or with keys that start like this one. ' +
      `Try again in ${seconds} s.`,
    { headers: { 'Retry-After': String(seconds) } },
  );
}
