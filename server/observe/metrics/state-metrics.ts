import { setTimeout as sleep } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../../db/pool.ts';
import type { Watch } from '../../features/checks/watch.ts';
import { type QueueRow, readQueue } from './sql/read-queue.ts';

export interface StateMetricsOptions {
  readonly registry: Registry;
  readonly db: Database;
  readonly watch: Watch;
}

/** Prometheus gives a scrape 10 s by default. A database that hangs must not cost the other metrics. */
const QUERY_TIMEOUT_MS = 2_000;

/** Creates the gauges of the state at a scrape. Returns a function that reads the state, with one query. */
export function createStateMetrics({ registry, db, watch }: StateMetricsOptions): () => Promise<void> {
  const registers = [registry];
  const createGauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const isUp = createGauge(
    'qassandra_database_up',
    `Whether the database answered within ${QUERY_TIMEOUT_MS / 1000} s: 1 or 0.`,
  );
  const waiting = createGauge(
    'qassandra_queue_checks',
    'Checks that a worker could take now, up to 50000. The same from every process: they share the queue.',
  );
  const running = createGauge(
    'qassandra_running_checks',
    'Checks that a worker holds. The same from every process.',
  );
  const oldest = createGauge(
    'qassandra_queue_oldest_age_seconds',
    'How long the first check of the queue has waited. The same from every process.',
  );
  const waiters = createGauge('qassandra_waiters', 'Requests of this process that are held by ?wait=.');
  const total = createGauge('qassandra_database_connections', 'Connections of the pool.');
  const idle = createGauge(
    'qassandra_database_idle_connections',
    'Connections of the pool that are not in use.',
  );
  const queries = createGauge('qassandra_database_waiting_queries', 'Queries that wait for a connection.');

  function setQueue(queue: QueueRow | undefined): void {
    isUp.set(queue ? 1 : 0);
    for (const [gauge, value] of [
      [waiting, queue?.waiting],
      [running, queue?.running],
      [oldest, queue?.oldest_age_seconds],
    ] as const) {
      // Report no value rather than an old one.
      value === undefined ? gauge.remove() : gauge.set(value);
    }
  }

  return async () => {
    // Count the connections before the query, which would count itself.
    const connections = db.countConnections();
    total.set(connections.total);
    idle.set(connections.idle);
    queries.set(connections.waiting);
    waiters.set(watch.count());
    setQueue(await readInTime(db));
  };
}

async function readInTime(db: Database): Promise<QueueRow | undefined> {
  const answered = new AbortController();
  const timeUp = sleep(QUERY_TIMEOUT_MS, undefined, { signal: answered.signal });
  try {
    return await Promise.race([readQueue(db), timeUp]);
  } catch {
    return undefined;
  } finally {
    answered.abort();
  }
}
