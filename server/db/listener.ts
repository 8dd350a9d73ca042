import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';

export type Channel = 'qassandra_check_scheduled' | 'qassandra_check_changed';

/** One connection a process that hears what all processes notify. */
export interface Listener {
  /** Calls back with each payload, and with `undefined` when notifications may have been missed. */
  subscribe(channel: Channel, onNotify: (payload: string | undefined) => void): void;
  stop(): Promise<void>;
}

const CHANNELS: readonly Channel[] = ['qassandra_check_scheduled', 'qassandra_check_changed'];
const PROBE_CHANNEL = 'qassandra_probe';
const PROBE_TIMEOUT_MS = 5_000;
const RECONNECT_MS = 1_000;
/** How long a connection that died without a word may go unnoticed. */
const PROBE_EVERY_MS = 15_000;

/**
 * Keeps a connection that listens, and opens it again when it breaks. It notifies itself now and then: where
 * that gets no answer (a pooler in transaction mode, a connection that died silently) it warns and reconnects,
 * and users of it fall back to their polls.
 */
export function startListener(connectionString: string, logger: Logger): Listener {
  const subscribers = new Map<string, (payload: string | undefined) => void>();
  const stopping = new AbortController();
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
    client.on('notification', ({ channel, payload }) => subscribers.get(channel)?.(payload ?? ''));
    try {
      await client.connect();
      await client.query([...CHANNELS, PROBE_CHANNEL].map((channel) => `listen ${channel}`).join('; '));
      // Whatever was notified while nobody listened is lost: look.
      for (const onNotify of subscribers.values()) {
        onNotify(undefined);
      }
      while (!signal.aborted) {
        await probe(client, signal);
        await sleep(PROBE_EVERY_MS, undefined, { signal });
      }
    } finally {
      await client.end().catch(() => {});
    }
  }

  function pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});
  }

  return {
    subscribe(channel, onNotify) {
      subscribers.set(channel, onNotify);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Rejects unless a notification to ourselves comes back. */
async function probe(client: pg.Client, signal: AbortSignal): Promise<void> {
  const token = randomUUID();
  const heard = new Promise<void>((resolve) => {
    client.on('notification', function onNotification({ payload }) {
      if (payload === token) {
        client.off('notification', onNotification);
        resolve();
      }
    });
  });
  await client.query('select pg_notify($1, $2)', [PROBE_CHANNEL, token]);
  const timeUp = sleep(PROBE_TIMEOUT_MS, 'time is up', { signal });
  if ((await Promise.race([heard, timeUp])) === 'time is up') {
    throw new Error(
      'listen gets no answer: DATABASE_URL seems to go through a pooler in transaction mode; use the direct or the session-mode address',
    );
  }
}
