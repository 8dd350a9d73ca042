import type { Logger } from 'pino';
import type { Listener } from '../../db/listener.ts';
import type { Queryable } from '../../db/pool.ts';
import type { CheckRow } from './check-row.ts';
import { readChecks } from './sql/read-checks.ts';

export interface WatchOptions {
  readonly db: Queryable;
  readonly listener: Listener;
  readonly logger: Logger;
}

export interface CheckWait {
  readonly checkId: string;
  /** How the check is at the start. Called again with each newer state. */
  readonly read: () => Promise<CheckRow | undefined>;
  readonly isEnough: (row: CheckRow) => boolean;
  readonly timeoutMs: number;
  /** Aborted when nobody reads the answer any more. */
  readonly signal: AbortSignal;
}

/** Holds answers until a check has changed. */
export interface Watch {
  /** The check once `isEnough`, the time is up or the server stops; `undefined` where it is not there (any more). */
  wait(wait: CheckWait): Promise<CheckRow | undefined>;
  /** How many wait. */
  count(): number;
  /** Answers everyone who waits with what there is, and from then on does not wait. */
  stop(): void;
}

/** The safety net for notifications that got lost: one query for everyone who waits. */
const POLL_MS = 3_000;

type OnChange = (row: CheckRow | undefined) => void;

/**
 * Many wait for few checks: a notification costs one query for all who wait for that check, and what comes
 * while it is under way shares the next one.
 */
export function startWatch({ db, listener, logger }: WatchOptions): Watch {
  const waiters = new Map<string, Set<OnChange>>();
  const changed = new Set<string>();
  const stopping = new AbortController();
  let isReading = false;

  function notice(checkIds: Iterable<string>): void {
    for (const id of checkIds) {
      if (waiters.has(id)) {
        changed.add(id);
      }
    }
    if (!isReading) {
      void readWhileThereAreSome();
    }
  }

  async function readWhileThereAreSome(): Promise<void> {
    isReading = true;
    while (changed.size > 0) {
      const ids = [...changed];
      changed.clear();
      try {
        const rows = new Map((await readChecks(db, ids)).map((row) => [row.id, row]));
        for (const id of ids) {
          for (const onChange of waiters.get(id) ?? []) {
            onChange(rows.get(id));
          }
        }
      } catch (error) {
        logger.warn(
          { err: error },
          'checks could not be read for those who wait; trying again at the next poll',
        );
      }
    }
    isReading = false;
  }

  function subscribe(checkId: string, onChange: OnChange): () => void {
    const all = waiters.get(checkId) ?? new Set();
    waiters.set(checkId, all.add(onChange));
    return () => {
      all.delete(onChange);
      if (all.size === 0 && waiters.get(checkId) === all) {
        waiters.delete(checkId);
      }
    };
  }

  const poll = setInterval(() => notice(waiters.keys()), POLL_MS);
  listener.subscribe('qassandra_check_changed', (checkId) =>
    notice(checkId === undefined ? waiters.keys() : [checkId]),
  );

  return {
    async wait({ checkId, read, isEnough, timeoutMs, signal }) {
      const { promise: enough, resolve } = Promise.withResolvers<void>();
      let newest: CheckRow | undefined;
      // Subscribed before the first read: what changes in between is not missed, and may come back first.
      const unsubscribe = subscribe(checkId, (row) => {
        newest = row;
        if (!row || isEnough(row)) {
          resolve();
        }
      });
      const until = AbortSignal.any([signal, stopping.signal]);
      const timer = setTimeout(resolve, timeoutMs);
      until.addEventListener('abort', () => resolve(), { once: true });
      try {
        const first = await read();
        if (!first || isEnough(first) || until.aborted) {
          return first;
        }
        newest ??= first;
        await enough;
        return newest;
      } finally {
        clearTimeout(timer);
        unsubscribe();
      }
    },
    count: () => [...waiters.values()].reduce((sum, { size }) => sum + size, 0),
    stop() {
      clearInterval(poll);
      stopping.abort();
    },
  };
}
