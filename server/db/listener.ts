import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import pg from 'pg';
import type { Logger } from 'pino';
import { createOutbox, type Send } from './outbox.ts';

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
  notify(channel: Channel, payload?: string): void;
  stop(): Promise<void>;
}

const CHANNELS: readonly Channel[] = ['qassandra_check_scheduled', 'qassandra_check_changed'];
const PROBE_CHANNEL = 'qassandra_probe';
const PROBE_TIMEOUT_MS = 5_000;
const RECONNECT_MS = 1_000;
/** How long a connection that died without a word may go unnoticed. */
const PROBE_EVERY_MS = 15_000;
/** What is left to tell at the end is told, if it takes no longer. */
const FLUSH_MS = 500;
/** A crash of PostgreSQL loses those who would hear it too, so it need not wait for the disk. */
const NOTIFY = `
  select set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
  from unnest($1::text[], $2::text[]) as told (channel, payload)`;

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
  const outbox = createOutbox();
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
    client.on('notification', ({ channel, payload = '' }) => {
      // `SENDER PAYLOAD`; what a statement notifies by itself has no sender.
      const [sender, told] = payload.includes(' ') ? payload.split(' ') : ['', payload];
      if (sender !== ownName) {
        subscribers.get(channel)?.(told ?? '');
      }
    });
    try {
      await client.connect();
      await client.query([...CHANNELS, PROBE_CHANNEL].map((channel) => `listen ${channel}`).join('; '));
      const send = createSend(client);
      outbox.open(send);
      // Whatever was notified while nobody listened is lost: look.
      for (const onNotify of subscribers.values()) {
        onNotify(undefined);
      }
      while (!signal.aborted) {
        await probe(client, { send, signal });
        await sleep(PROBE_EVERY_MS, undefined, { signal });
      }
    } finally {
      outbox.close();
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
    notify(channel, payload = '') {
      outside(() => {
        subscribers.get(channel)?.(payload);
        outbox.add({ channel, payload: `${ownName} ${payload}` });
      });
    },
    async stop() {
      await Promise.race([outbox.flush(), pause(FLUSH_MS)]);
      stopping.abort();
      await running;
    },
  };
}

function createSend(client: pg.Client): Send {
  // A client takes one statement at a time.
  const one = pLimit(1);
  return async (notifications) => {
    const columns = [
      notifications.map(({ channel }) => channel),
      notifications.map(({ payload }) => payload),
    ];
    await one(() => client.query(NOTIFY, columns));
  };
}

interface Probe {
  readonly send: Send;
  readonly signal: AbortSignal;
}

/** Rejects unless a notification to ourselves comes back. */
async function probe(client: pg.Client, { send, signal }: Probe): Promise<void> {
  const token = randomUUID();
  const heard = new Promise<void>((resolve) => {
    client.on('notification', function onNotification({ payload }) {
      if (payload === token) {
        client.off('notification', onNotification);
        resolve();
      }
    });
  });
  await send([{ channel: PROBE_CHANNEL, payload: token }]);
  const timeUp = sleep(PROBE_TIMEOUT_MS, 'time is up', { signal });
  if ((await Promise.race([heard, timeUp])) === 'time is up') {
    throw new Error(
      'listen gets no answer: DATABASE_URL seems to go through a pooler in transaction mode; use the direct or the session-mode address',
    );
  }
}
