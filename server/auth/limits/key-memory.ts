import QuickLRU from 'quick-lru';
import type { ApiKeyAtRest } from '../keys/api-key.ts';

/**
 * Remembers, by hash, which keys this process has seen in force or refused. It decides which keys are still looked up
 * while a limit is reached, and never what a key gives access to.
 */
export interface KeyMemory {
  /** Whether to look the key up although a limit is reached. */
  mayTry(key: ApiKeyAtRest): boolean;
  noteInForce(key: ApiKeyAtRest): void;
  noteRefused(key: ApiKeyAtRest): void;
}

export interface KeyMemoryOptions {
  /** How many keys that were not seen before may be tried per second. */
  readonly newKeysPerSecond: number;
  /** How long a key stays refused, in milliseconds. */
  readonly windowMs: number;
}

/** Keys to remember. quick-lru keeps up to twice as many, of about 100 bytes each. */
const KEYS = 10_000;

export function createKeyMemory({ newKeysPerSecond, windowMs }: KeyMemoryOptions): KeyMemory {
  const inForce = new QuickLRU<string, true>({ maxSize: KEYS });
  // Separate from `inForce`, so that made-up keys cannot push out keys in force.
  const tried = new QuickLRU<string, 'trying' | 'refused'>({ maxSize: KEYS, maxAge: windowMs });
  const takeNewKey = createBudget(newKeysPerSecond);

  return {
    mayTry(key) {
      const id = toId(key);
      if (inForce.has(id)) {
        return true;
      }
      const state = tried.get(id);
      if (state === undefined && takeNewKey()) {
        tried.set(id, 'trying');
        return true;
      }
      // Concurrent requests with the same new key count as one try.
      return state === 'trying';
    },
    noteInForce(key) {
      inForce.set(toId(key), true);
    },
    noteRefused(key) {
      inForce.delete(toId(key));
      tried.set(toId(key), 'refused');
    },
  };
}

/** Returns `true` at most `perSecond` times in each second of the clock. */
function createBudget(perSecond: number): () => boolean {
  let second = 0;
  let left = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      left = perSecond;
    }
    left -= 1;
    return left >= 0;
  };
}

function toId({ hash }: ApiKeyAtRest): string {
  return hash.toString('latin1');
}
