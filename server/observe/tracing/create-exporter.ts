import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

/** With all its tries. Also how much longer a process lives that stops while the collector is away. */
const TIMEOUT_MS = 2_000;

/**
 * Sends spans to the collector at `endpoint`, the base URL as `OTEL_EXPORTER_OTLP_ENDPOINT` has it; headers,
 * compression and certificates are what the other variables of that family say. What does not get there is
 * logged: the SDK itself would say nothing.
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
          // Not the error itself, which carries the collector's answer.
          logger.warn({ reason: String(result.error), spans: spans.length }, 'traces were not delivered');
        }
        onResult(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
