import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Config } from '../../config.ts';
import type { Database } from '../../db/pool.ts';
import type { Watch } from '../../features/checks/watch.ts';
import type { RequestObserver } from '../observer.ts';
import { type CheckMetrics, createCheckMetrics } from './check-metrics.ts';
import { startMetricsServer } from './metrics-server.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { createStateMetrics } from './state-metrics.ts';

export interface Metrics extends RequestObserver, Pick<CheckMetrics, 'noteStarted' | 'noteEnded'> {
  stop(): Promise<void>;
}

export interface MetricsOptions {
  readonly at: NonNullable<Config['metrics']>;
  readonly db: Database;
  readonly watch: Watch;
  readonly logger: Logger;
}

/** Counts in a separate registry and answers scrapes of it. Rejects if it cannot listen. */
export async function startMetrics({ at, db, watch, logger }: MetricsOptions): Promise<Metrics> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { noteStarted, noteEnded, countCancelled } = createCheckMetrics(registry);
  const observeRequest = createRequestMetrics({ registry, onCancelled: countCancelled });
  const readState = createStateMetrics({ registry, db, watch });
  const server = await startMetricsServer({
    ...at,
    contentType: registry.contentType,
    scrape: async () => {
      await readState();
      return registry.metrics();
    },
    logger,
  });
  return { observeRequest, noteStarted, noteEnded, stop: () => server.close() };
}
