import type { ServerResponse } from 'node:http';
import { ApiError } from '../../http/errors.ts';

/** How much of the database one caller gets in this process. */
export interface CallerLimits {
  /** Requests of a caller that may use the database at the same time. */
  readonly atOnce: number;
  /** Requests of a caller that may wait for those. Any more are refused. */
  readonly inLine: number;
}

/** Half of the pool's connections, and more waiting requests than ten matrices of 256 jobs (GitHub's largest) send. */
const DEFAULT_LIMITS: CallerLimits = { atOnce: 5, inLine: 4_000 };

/** The place of one request among those that use the database. Take it once. */
export interface DatabasePlace {
  /**
   * Waits until the request may use the database. Rejects with an `ApiError` (429) if too many requests of the caller
   * wait. Never settles if the connection closes before: there is nobody to answer.
   */
  take(): Promise<void>;
  /** Lets the next request of the caller in. Happens by itself once the answer is complete or the connection closed. */
  release(): void;
}

/** Keeps the requests of one caller from taking the whole pool: the others of that caller wait in line. */
export interface CallerLimit {
  /** `caller` names the caller in memory only. It may be derived from a secret, so it is never logged. */
  createPlace(caller: string, res: ServerResponse): DatabasePlace;
}

interface Line {
  inside: number;
  /** In the order of their arrival. */
  readonly waiting: Set<() => void>;
}

export function createCallerLimit(limits: Partial<CallerLimits> = {}): CallerLimit {
  const { atOnce, inLine } = { ...DEFAULT_LIMITS, ...limits };
  // Holds only callers with a request inside.
  const lines = new Map<string, Line>();

  function openLine(caller: string): Line {
    const line = lines.get(caller) ?? { inside: 0, waiting: new Set() };
    lines.set(caller, line);
    return line;
  }

  function leave(caller: string, line: Line): void {
    for (const goIn of line.waiting) {
      line.waiting.delete(goIn);
      goIn();
      return;
    }
    line.inside -= 1;
    if (line.inside === 0) {
      lines.delete(caller);
    }
  }

  return {
    createPlace(caller, res) {
      /** Gives up the place, or the wait for one. */
      let giveUp: (() => void) | undefined;
      const release = () => {
        giveUp?.();
        giveUp = undefined;
      };
      function take(): Promise<void> {
        const line = openLine(caller);
        if (line.inside < atOnce) {
          line.inside += 1;
          giveUp = () => leave(caller, line);
          return Promise.resolve();
        }
        if (line.waiting.size >= inLine) {
          throw createTooManyRequestsError();
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        const goIn = () => {
          giveUp = () => leave(caller, line);
          resolve();
        };
        line.waiting.add(goIn);
        giveUp = () => line.waiting.delete(goIn);
        return promise;
      }
      return {
        async take() {
          if (res.destroyed) {
            return new Promise(() => {});
          }
          // Node emits `prefinish` when the answer is complete. A client that does not read it delays `close`.
          res.once('prefinish', release);
          res.once('close', release);
          return take();
        },
        release,
      };
    },
  };
}

function createTooManyRequestsError(): ApiError {
  return new ApiError(
    'too_many_requests',
    'Too many requests of this key or session are under way. Send fewer at the same time, and try again in 1 s.',
    { headers: { 'Retry-After': '1' } },
  );
}
