import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { PreExpressHandler } from '../../http/before-express/run-before-express.ts';
import { findRoutePattern } from '../route-pattern.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']);
const TRIGGER = 'POST /api/apps/:app/trigger';
const CANCEL = 'POST /api/apps/:app/checks/:check/cancel';
const CHECK = 'GET /api/apps/:app/checks/:check';

/** Seconds. */
const DURATIONS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const WAITS = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60];

export interface RequestMetricsOptions {
  readonly registry: Registry;
  /** Called when a caller has cancelled a check. No worker may have seen that check. */
  readonly onCancelled: () => void;
}

/** Counts answers. It reads all it needs from the answer once that is sent, so routes need no code for metrics. */
export function createRequestMetrics({ registry, onCancelled }: RequestMetricsOptions): PreExpressHandler {
  const counters = createCounters(registry);

  function count(req: IncomingMessage, res: ServerResponse, seconds: number): void {
    const { method: sent = '', originalUrl = '' } = req;
    const method = METHODS.has(sent) ? sent : 'other';
    const route = findRoutePattern(req);
    const status = res.writableFinished ? res.statusCode : 'aborted';
    counters.requests.inc({ method, route, status });
    const name = `${method} ${route}`;
    if (name === CHECK && isHeld(originalUrl)) {
      counters.waits.observe(seconds);
    } else {
      counters.durations.observe({ method, route }, seconds);
    }
    const { problemCode, isReplay } = res.locals ?? {};
    if (name === TRIGGER) {
      counters.triggers.inc({ outcome: problemCode ?? nameOutcome(res, isReplay) });
    }
    if (name === CANCEL && res.statusCode === 202) {
      onCancelled();
    }
    if (problemCode !== undefined && res.statusCode === 401) {
      counters.refusedCallers.inc({ code: problemCode });
    }
  }

  return (req, res, next) => {
    const startedAt = performance.now();
    res.once('close', () => count(req, res, (performance.now() - startedAt) / 1000));
    next();
  };
}

function isHeld(url: string): boolean {
  return Number(new URLSearchParams(url.split('?')[1]).get('wait')) > 0;
}

function nameOutcome(res: ServerResponse, isReplay: boolean | undefined): string {
  if (isReplay === undefined) {
    // `aborted`: the client left before the answer.
    return res.writableFinished ? 'other' : 'aborted';
  }
  return isReplay ? 'replayed' : 'accepted';
}

function createCounters(registry: Registry) {
  const registers = [registry];
  const counters = {
    requests: new Counter({
      name: 'qassandra_http_requests_total',
      help: 'Requests answered, by route pattern; status aborted: the client left before the answer.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    durations: new Histogram({
      name: 'qassandra_http_request_duration_seconds',
      help: 'The time from a request to the end of its answer. Held requests (?wait=) do not count.',
      labelNames: ['method', 'route'],
      buckets: DURATIONS,
      registers,
    }),
    waits: new Histogram({
      name: 'qassandra_http_wait_duration_seconds',
      help: 'How long requests with ?wait= were held: until the check changed, or for the requested time.',
      buckets: WAITS,
      registers,
    }),
    triggers: new Counter({
      name: 'qassandra_triggers_total',
      help: 'Triggers: accepted, replayed (by their Idempotency-Key), aborted, or the error code of the refusal.',
      labelNames: ['outcome'],
      registers,
    }),
    refusedCallers: new Counter({
      name: 'qassandra_authentication_failures_total',
      help: 'Requests answered with 401, by error code.',
      labelNames: ['code'],
      registers,
    }),
  };
  // Create these series at the start, so that Prometheus sees the first count as an increase.
  for (const outcome of ['accepted', 'replayed']) {
    counters.triggers.inc({ outcome }, 0);
  }
  for (const code of ['authentication_required', 'invalid_api_key', 'invalid_session']) {
    counters.refusedCallers.inc({ code }, 0);
  }
  return counters;
}
