import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Tells whether the database answers. Has a connection of its own, so that a busy pool does not count as an outage. */
export interface DatabaseProbe {
  /** False if the database does not answer within `ANSWER_MS`. Simultaneous calls share one query. */
  isReachable(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Much less than the time-out of a query: probes come every few seconds and need an answer before the next. */
const ANSWER_MS = 3_000;

/** Connects at the first call, and again at the next call after the connection has broken. */
export function createDatabaseProbe(connectionString: string): DatabaseProbe {
  let connected: pg.Client | undefined;
  let running: Promise<boolean> | undefined;

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString,
      application_name: 'qassandra readiness',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    // A query on a broken connection rejects. Between queries, only this event tells.
    client.on('error', () => drop(client));
    client.on('end', () => drop(client));
    await client.connect();
    return client;
  }

  function drop(client: pg.Client): void {
    if (connected === client) {
      connected = undefined;
    }
  }

  async function ask(): Promise<boolean> {
    try {
      connected ??= await connect();
      await connected.query('select');
      return true;
    } catch {
      const broken = connected;
      connected = undefined;
      // Its query may still be unanswered: pg then closes the socket at once.
      broken?.end().catch(() => {});
      return false;
    } finally {
      running = undefined;
    }
  }

  return {
    async isReachable() {
      running ??= ask();
      const answered = new AbortController();
      const timeUp = sleep(ANSWER_MS, false, { signal: answered.signal }).catch(() => false);
      return Promise.race([running, timeUp]).finally(() => answered.abort());
    },
    async stop() {
      await running;
      await connected?.end();
    },
  };
}
