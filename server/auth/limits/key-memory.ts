import QuickLRU from 'quick-lru';
import type { ApiKeyAtRest } from '../keys/api-key.ts';

/**
 * Which keys this process has seen in force or refused, by their hashes. It decides which keys are still looked
 * up where too many have failed, and never what a key opens.
 */
export interface KeyMemory {
  /** Whether the key is to be looked up though a limit is met. */
  mayTry(key: ApiKeyAtRest): boolean;
  noteInForce(key: ApiKeyAtRest): void;
  noteRefused(key: ApiKeyAtRest): void;
}

export interface KeyMemoryOptions {
  /** Keys a second, not seen before, that may be tried. */
  readonly newKeysPerSecond: number;
  /** How long a key stays refused. */
  readonly windowMs: number;
}

/** quick-lru keeps up to twice as many, of some 100 bytes each. */
const KEYS = 10_000;

export function createKeyMemory({ newKeysPerSecond, windowMs }: KeyMemoryOptions): KeyMemory {
  const inForce = new QuickLRU<string, true>({ maxSize: KEYS });
  // Apart from those in force, which made-up keys must not push out.
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
      // Requests with one new key that come together are one try.
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

/** Says yes `perSecond` times in each second of the clock. */
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
