import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import pg from 'pg';
import type { Logger } from 'pino';

export type Channel = 'qassandra_check_scheduled' | 'qassandra_check_changed';

/** One connection a process that hears what all processes notify. */
export interface Listener {
  /** Calls back with each payload, and with `undefined` when notifications may have been missed. */
  subscribe(channel: Channel, onNotify: (payload: string | undefined) => void): void;
  /**
   * Tells this process at once, and the others as soon as there is a connection. What comes in quick succession
   * they are told once: a commit that notifies keeps all others that do waiting until it is on the disk, so what
   * is done thousands of times a second leaves the telling to this.
   */
  notify(channel: Channel): void;
  stop(): Promise<void>;
}

const CHANNELS: readonly Channel[] = ['qassandra_check_scheduled', 'qassandra_check_changed'];
const PROBE_CHANNEL = 'qassandra_probe';
const PROBE_TIMEOUT_MS = 5_000;
const RECONNECT_MS = 1_000;
/** How long a connection that died without a word may go unnoticed. */
const PROBE_EVERY_MS = 15_000;
/** Between two times that others are told. */
const NOTIFY_PAUSE_MS = 20;
/** A crash of PostgreSQL loses those who would hear it too, so it need not wait for the disk. */
const NOTIFY = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";

type Notify = (channel: string, payload: string) => Promise<void>;

/**
 * Keeps a connection that listens, and opens it again when it breaks. It notifies itself now and then: where
 * that gets no answer (a pooler in transaction mode, a connection that died silently) it warns and reconnects,
 * and users of it fall back to their polls.
 */
export function startListener(connectionString: string, logger: Logger): Listener {
  const subscribers = new Map<string, (payload: string | undefined) => void>();
  const stopping = new AbortController();
  /** By which a process knows its own notifications. */
  const ownName = randomUUID();
  // What a notification sets off is no part of the request that it came of.
  const outside = AsyncLocalStorage.snapshot();
  const untold = new Set<Channel>();
  /** While there is a connection. */
  let notifyAs: Notify | undefined;
  let isTelling = false;
  const running = keepListening();

  async function keepListening(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await listenUntilBroken();
      } catch (error) {
        if (!stopping.signal.aborted) {
          logger.warn({ err: error }, 'listen is interrupted; checks are polled for until it is back');
        }
      }
      await pause(RECONNECT_MS);
    }
  }

  async function listenUntilBroken(): Promise<void> {
    const client = new pg.Client({
      connectionString,
      application_name: 'qassandra listen',
      connectionTimeoutMillis: PROBE_TIMEOUT_MS,
      query_timeout: PROBE_TIMEOUT_MS,
      keepAlive: true,
    });
    const broken = new AbortController();
    const signal = AbortSignal.any([broken.signal, stopping.signal]);
    client.on('error', (error) => broken.abort(error));
    client.on('end', () => broken.abort(new Error('the connection was closed')));
    client.on('notification', ({ channel, payload }) => {
      if (payload !== ownName) {
        subscribers.get(channel)?.(payload ?? '');
      }
    });
    try {
      await client.connect();
      await client.query([...CHANNELS, PROBE_CHANNEL].map((channel) => `listen ${channel}`).join('; '));
      // A client takes one statement at a time.
      const one = pLimit(1);
      notifyAs = (channel, payload) => one(() => client.query(NOTIFY, [channel, payload])).then(() => {});
      void tellOthers();
      // Whatever was notified while nobody listened is lost: look.
      for (const onNotify of subscribers.values()) {
        onNotify(undefined);
      }
      while (!signal.aborted) {
        await probe(client, { notify: notifyAs, signal });
        await sleep(PROBE_EVERY_MS, undefined, { signal });
      }
    } finally {
      notifyAs = undefined;
      await client.end().catch(() => {});
    }
  }

  async function tellOthers(): Promise<void> {
    if (isTelling) {
      return;
    }
    isTelling = true;
    while (notifyAs && untold.size > 0 && !stopping.signal.aborted) {
      const channels = [...untold];
      untold.clear();
      // Where that fails the connection is broken, which is told by its end.
      await Promise.all(
        channels.map((channel) => notifyAs?.(channel, ownName).catch(() => untold.add(channel))),
      );
      await pause(NOTIFY_PAUSE_MS);
    }
    isTelling = false;
  }

  function pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});
  }

  return {
    subscribe(channel, onNotify) {
      subscribers.set(channel, onNotify);
    },
    notify(channel) {
      untold.add(channel);
      outside(() => {
        subscribers.get(channel)?.('');
        void tellOthers();
      });
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

interface Probe {
  readonly notify: Notify;
  readonly signal: AbortSignal;
}

/** Rejects unless a notification to ourselves comes back. */
async function probe(client: pg.Client, { notify, signal }: Probe): Promise<void> {
  const token = randomUUID();
  const heard = new Promise<void>((resolve) => {
    client.on('notification', function onNotification({ payload }) {
      if (payload === token) {
        client.off('notification', onNotification);
        resolve();
      }
    });
  });
  await notify(PROBE_CHANNEL, token);
  const timeUp = sleep(PROBE_TIMEOUT_MS, 'time is up', { signal });
  if ((await Promise.race([heard, timeUp])) === 'time is up') {
    throw new Error(
      'listen gets no answer: DATABASE_URL seems to go through a pooler in transaction mode; use the direct or the session-mode address',
    );
  }
}
