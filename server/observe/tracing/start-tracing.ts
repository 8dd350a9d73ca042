import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Database } from '../../db/pool.ts';
import type { CheckObserver } from '../../features/checks/queue/check-observer.ts';
import type { PreExpressHandler } from '../../http/before-express/run-before-express.ts';
import { version } from '../../version.ts';
import type { RequestObserver } from '../observer.ts';
import { findRoutePattern } from '../route-pattern.ts';
import { createExporter } from './create-exporter.ts';

export interface Tracing extends RequestObserver, CheckObserver {
  /** Returns `db` with a span for each statement that is part of a request or a check. */
  observeDatabase(db: Database): Database;
  /** Sends the remaining spans. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  readonly endpoint: string;
  readonly logger: Logger;
}

/** Supervisors send these requests every few seconds; their spans would bury the others. */
const PROBES = new Set(['/healthz', '/readyz']);

/** Holds the current span. It is a store of our own, so that OpenTelemetry's globals stay unchanged. */
type Current = AsyncLocalStorage<Context>;

/**
 * Records a span per request, statement and check. Attributes hold names, codes and ids, never values that a caller
 * sent.
 */
export function startTracing({ endpoint, logger }: TracingOptions): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'qassandra', 'service.version': version }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor({ exporter: createExporter(endpoint, logger) })],
  });
  const tracer = provider.getTracer('qassandra', version);
  const current: Current = new AsyncLocalStorage();

  return {
    observeRequest: createRequestTracer(tracer, current),
    observeDatabase: (db) => traceStatements(db, tracer, current),

    observeCheck(check, run) {
      const span = tracer.startSpan(
        'check',
        {
          kind: SpanKind.CONSUMER,
          attributes: { 'qassandra.check.id': check.id, 'qassandra.check.attempt': check.attempts },
        },
        ROOT_CONTEXT,
      );
      return endWith(span, () =>
        current.run(trace.setSpan(ROOT_CONTEXT, span), async () => {
          const conclusion = await run();
          span.setAttribute('qassandra.check.conclusion', conclusion ?? 'not stored');
          return conclusion;
        }),
      );
    },

    async stop() {
      // The exporter has logged the reason already.
      await provider.shutdown().catch(() => {});
    },
  };
}

function createRequestTracer(tracer: Tracer, current: Current): PreExpressHandler {
  const propagator = new W3CTraceContextPropagator();
  return (req, res, next) => {
    const { method = '', url = '' } = req;
    if (PROBES.has(url.split('?')[0] ?? '')) {
      next();
      return;
    }
    const caller = propagator.extract(ROOT_CONTEXT, req.headers, defaultTextMapGetter);
    const options = {
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': method,
        'qassandra.request.id': String(res.getHeader('X-Request-Id')),
      },
    };
    const span = tracer.startSpan(method, options, caller);
    res.once('close', () => {
      const route = findRoutePattern(req);
      span.updateName(`${method} ${route}`);
      span.setAttribute('http.route', route);
      if (res.writableFinished) {
        span.setAttribute('http.response.status_code', res.statusCode);
      }
      if (res.locals?.problemCode !== undefined) {
        span.setAttribute('error.type', res.locals.problemCode);
      }
      if (res.statusCode >= 500) {
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    });
    current.run(trace.setSpan(caller, span), next);
  };
}

/** Records a statement's name, which is the name of its file in `sql/`. Never records its text or its values. */
function traceStatements(db: Database, tracer: Tracer, current: Current): Database {
  return {
    ...db,
    query(statement) {
      const parent = current.getStore();
      // Polls and heartbeats are part of no request or check.
      if (parent === undefined) {
        return db.query(statement);
      }
      const options = {
        kind: SpanKind.CLIENT,
        attributes: { 'db.system.name': 'postgresql', 'db.query.summary': statement.name },
      };
      const span = tracer.startSpan(statement.name, options, parent);
      return endWith(span, () => db.query(statement));
    },
  };
}

/**
 * Ends the span when `run` settles. Records an error's name without its message: PostgreSQL's messages repeat values
 * that were sent.
 */
async function endWith<Result>(span: Span, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
    throw error;
  } finally {
    span.end();
  }
}
