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
  /** Reads the check once, at the start. Newer states come by notification. */
  readonly read: () => Promise<CheckRow | undefined>;
  /** Whether this state ends the wait. */
  readonly isEnough: (row: CheckRow) => boolean;
  readonly timeoutMs: number;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}

/** Holds answers until a check has changed. */
export interface Watch {
  /**
   * The check once `isEnough`, the time is up or the server stops; `undefined` if the check does not exist (any more).
   */
  wait(wait: CheckWait): Promise<CheckRow | undefined>;
  /** How many requests wait. */
  count(): number;
  /** Answers pending waits with the current state. Later waits answer at once. */
  stop(): void;
}

/** Finds changes whose notification was lost, with one query for all checks that are waited for. */
const POLL_MS = 3_000;

/** Gets each newer state of a check; `undefined` once the check is gone. */
type OnChange = (row: CheckRow | undefined) => void;

/**
 * Many requests wait for few checks. A notification costs one query for all that wait for that check, and the
 * notifications that arrive while it runs share the next query.
 */
export function startWatch({ db, listener, logger }: WatchOptions): Watch {
  const subscriptions = createSubscriptions();
  const announce = createAnnouncer({ db, logger, subscriptions });
  const stopping = new AbortController();
  const poll = setInterval(() => announce(subscriptions.listCheckIds()), POLL_MS);
  listener.subscribe('qassandra_check_changed', (checkId) =>
    announce(checkId === undefined ? subscriptions.listCheckIds() : [checkId]),
  );

  return {
    async wait({ checkId, read, isEnough, timeoutMs, signal }) {
      const { promise: enough, resolve } = Promise.withResolvers<void>();
      let newest: CheckRow | undefined;
      // Subscribe before the first read, so that no change in between is missed. Such a change may arrive first.
      const unsubscribe = subscriptions.add(checkId, (row) => {
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
    count: subscriptions.count,
    stop() {
      clearInterval(poll);
      stopping.abort();
    },
  };
}

interface Subscriptions {
  /** Returns a function that ends the subscription. */
  add(checkId: string, onChange: OnChange): () => void;
  publish(checkId: string, row: CheckRow | undefined): void;
  has(checkId: string): boolean;
  listCheckIds(): string[];
  count(): number;
}

function createSubscriptions(): Subscriptions {
  const byCheck = new Map<string, Set<OnChange>>();
  return {
    add(checkId, onChange) {
      const all = byCheck.get(checkId) ?? new Set();
      byCheck.set(checkId, all.add(onChange));
      return () => {
        all.delete(onChange);
        if (all.size === 0 && byCheck.get(checkId) === all) {
          byCheck.delete(checkId);
        }
      };
    },
    publish(checkId, row) {
      for (const onChange of byCheck.get(checkId) ?? []) {
        onChange(row);
      }
    },
    has: (checkId) => byCheck.has(checkId),
    listCheckIds: () => [...byCheck.keys()],
    count: () => [...byCheck.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

interface AnnouncerOptions extends Pick<WatchOptions, 'db' | 'logger'> {
  readonly subscriptions: Subscriptions;
}

/** Returns a function that reads the given checks and publishes them, one query at a time. */
function createAnnouncer({ db, logger, subscriptions }: AnnouncerOptions) {
  const changed = new Set<string>();
  let isReading = false;

  async function readChanged(): Promise<void> {
    isReading = true;
    while (changed.size > 0) {
      const ids = [...changed];
      changed.clear();
      try {
        const rows = new Map((await readChecks(db, ids)).map((row) => [row.id, row]));
        for (const id of ids) {
          subscriptions.publish(id, rows.get(id));
        }
      } catch (error) {
        logger.warn(
          { err: error },
          'checks could not be read for pending waits; trying again at the next poll',
        );
      }
    }
    isReading = false;
  }

  return (checkIds: readonly string[]): void => {
    for (const id of checkIds) {
      if (subscriptions.has(id)) {
        changed.add(id);
      }
    }
    if (!isReading) {
      void readChanged();
    }
  };
}
