import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

/**
 * Time for one export with all its retries. A process that stops while the collector is unreachable takes this much
 * longer.
 */
const TIMEOUT_MS = 2_000;

/**
 * Sends spans to the collector at `endpoint`, a base URL like the one in `OTEL_EXPORTER_OTLP_ENDPOINT`. The other
 * variables of that family set headers, compression and certificates. Logs spans that were not delivered, which the SDK
 * itself does not.
 */
export function createExporter(endpoint: string, logger: Logger): SpanExporter {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: TIMEOUT_MS,
  });
  return {
    export(spans, onResult) {
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) {
          // Do not log the error itself: it carries the collector's answer.
          logger.warn({ reason: String(result.error), spans: spans.length }, 'traces were not delivered');
        }
        onResult(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
