import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import { listen } from '../../http/before-express/listen.ts';

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly contentType: string;
  /** All metrics, in Prometheus's text format. */
  readonly scrape: () => Promise<string>;
  readonly logger: Logger;
}

export interface MetricsServer {
  close(): Promise<void>;
}

/**
 * Serves `GET /metrics` on a separate port, so that callers of the API cannot reach the metrics. Rejects
 * with a `ListenError`.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, contentType, scrape, logger } = options;
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, async (req, res) => {
    if (!['GET', 'HEAD'].includes(req.method ?? '') || req.url?.split('?', 1)[0] !== '/metrics') {
      res.writeHead(404, { 'Content-Type': 'text/plain' }).end('Only GET /metrics is served here.\n');
      return;
    }
    try {
      const text = await scrape();
      res.writeHead(200, { 'Content-Type': contentType }).end(text);
    } catch (error) {
      logger.error({ err: error }, 'the metrics could not be read');
      res.writeHead(500, { 'Content-Type': 'text/plain' }).end('The metrics could not be read.\n');
    }
  });
  await listen(server, { host, port, settings: { host: 'METRICS_HOST', port: 'METRICS_PORT' } });
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
