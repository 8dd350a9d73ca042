import { Counter, Histogram, type Registry } from 'prom-client';
import { type Conclusion, conclusionSchema } from '../../features/checks/schema.ts';

/** Seconds. */
const DURATIONS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];

export interface CheckMetrics {
  /** A worker has begun a check; `attempts` includes this one. */
  readonly noteStarted: (attempts: number) => void;
  /** Its result was stored. */
  readonly noteEnded: (conclusion: Conclusion, seconds: number) => void;
  readonly countCancelled: () => void;
}

/** Counts the checks that this server's runners run, and those that were cancelled through it. */
export function createCheckMetrics(registry: Registry): CheckMetrics {
  const registers = [registry];
  const ended = new Counter({
    name: 'qassandra_checks_ended_total',
    help: 'Checks that ended, by conclusion.',
    labelNames: ['conclusion'],
    registers,
  });
  const durations = new Histogram({
    name: 'qassandra_check_duration_seconds',
    help: 'The time from the claim of a check until its result was stored, by conclusion.',
    labelNames: ['conclusion'],
    buckets: DURATIONS,
    registers,
  });
  const reclaimed = new Counter({
    name: 'qassandra_checks_reclaimed_total',
    help: 'Checks taken over because the lease of the previous worker ran out: its process died or hung.',
    registers,
  });
  for (const conclusion of conclusionSchema.options) {
    ended.inc({ conclusion }, 0);
  }

  return {
    noteStarted(attempts) {
      // Handing a check over does not count as an attempt, so the worker of an earlier attempt was lost.
      if (attempts > 1) {
        reclaimed.inc();
      }
    },
    noteEnded(conclusion, seconds) {
      ended.inc({ conclusion });
      durations.observe({ conclusion }, seconds);
    },
    countCancelled: () => ended.inc({ conclusion: 'cancelled' }),
  };
}
