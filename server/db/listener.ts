import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import pg from 'pg';
import type { Logger } from 'pino';
import { createOutbox, type Send } from './outbox.ts';

export type Channel = 'qassandra_check_scheduled' | 'qassandra_check_changed';

/** One connection per process that receives the notifications of all processes. */
export interface Listener {
  /** Calls `onNotify` with each payload, and with `undefined` if notifications may have been missed. */
  subscribe(channel: Channel, onNotify: (payload: string | undefined) => void): void;
  /**
   * Notifies this process at once, and the others as soon as there is a connection. Joins notifications in quick
   * succession, and sends equal ones to the others once. Use this instead of `notify` in a statement that runs
   * thousands of times a second: a commit that notifies blocks every other notifying commit until it is on the disk.
   */
  notify(channel: Channel, payload?: string): void;
  stop(): Promise<void>;
}

const CHANNELS: readonly Channel[] = ['qassandra_check_scheduled', 'qassandra_check_changed'];
const PROBE_CHANNEL = 'qassandra_probe';
const PROBE_TIMEOUT_MS = 5_000;
const RECONNECT_MS = 1_000;
/** How long a connection that died silently may go unnoticed. */
const PROBE_EVERY_MS = 15_000;
/** At the end, the time to send the remaining notifications. */
const FLUSH_MS = 500;
/** Do not wait for the disk: a crash of PostgreSQL loses the listeners' connections too. */
const NOTIFY = `
  select set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
  from unnest($1::text[], $2::text[]) as told (channel, payload)`;

/**
 * Keeps a connection that listens, and opens it again when it breaks. Sends itself a notification now and then. If that
 * does not come back (a pooler in transaction mode, a connection that died silently), it logs a warning and reconnects.
 * Until then, subscribers rely on their polls.
 */
export function startListener(connectionString: string, logger: Logger): Listener {
  const subscribers = new Map<string, (payload: string | undefined) => void>();
  const stopping = new AbortController();
  /** Marks the notifications of this process, so that it can ignore them. */
  const ownName = randomUUID();
  // Run subscribers outside the request that notifies: their work is not part of its trace.
  const outside = AsyncLocalStorage.snapshot();
  const outbox = createOutbox();
  const running = keepListening();

  async function keepListening(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await listenUntilBroken();
      } catch (error) {
        if (!stopping.signal.aborted) {
          logger.warn({ err: error }, 'listen is interrupted; polling for checks until it is back');
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
      // The text is `SENDER PAYLOAD`; a notification sent by another statement has no sender.
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
      // Notifications that came while nobody listened are lost, so let subscribers look.
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
  // A client runs one statement at a time.
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
      'listen gets no answer: DATABASE_URL seems to lead to a pooler in transaction mode; use the direct or the session-mode address',
    );
  }
}
