import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Database } from '../db/pool.ts';
import type { Watch } from '../features/checks/watch.ts';
import type { Metrics } from './metrics/start-metrics.ts';
import type { Tracing } from './tracing/start-tracing.ts';

/** Load both only if a setting asks for them: otherwise they cost no memory and no start time. */

export async function openTracing(
  { otlpEndpoint }: Pick<Config, 'otlpEndpoint'>,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (otlpEndpoint === undefined) {
    return undefined;
  }
  const { startTracing } = await import('./tracing/start-tracing.ts');
  return startTracing({ endpoint: otlpEndpoint, logger });
}

export interface MetricsParts {
  readonly db: Database;
  readonly watch: Watch;
  readonly logger: Logger;
}

export async function openMetrics({ metrics }: Config, parts: MetricsParts): Promise<Metrics | undefined> {
  if (metrics === undefined) {
    return undefined;
  }
  const { startMetrics } = await import('./metrics/start-metrics.ts');
  return startMetrics({ at: metrics, ...parts });
}
