import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { createFailedAuthLimit } from './auth/limits/failed-auth-limit.ts';
import type { LocalIssuer } from './auth/local/local-issuer.ts';
import { openSignIn } from './auth/open-sign-in.ts';
import type { Config } from './config.ts';
import { startHousekeeping } from './db/housekeeping.ts';
import { startListener } from './db/listener.ts';
import { migrate } from './db/migrate.ts';
import { createDatabase } from './db/pool.ts';
import { startQueue } from './features/checks/queue.ts';
import { createTriggerWriter } from './features/checks/trigger-writer.ts';
import { startWatch } from './features/checks/watch.ts';
import { closeServer } from './http/before-express/close-server.ts';
import { createHttpServer, type HttpLimits } from './http/before-express/http-server.ts';
import type { Metrics } from './observe/metrics/start-metrics.ts';
import { openMetrics, openTracing } from './observe/open-observers.ts';
import { loadLinkWalker } from './runner/start-runner.ts';

export interface RunningServer {
  /** `undefined` where Supabase signs users in. */
  readonly localIssuer: LocalIssuer | undefined;
  /** Answers the requests that are under way, hands running checks over, and closes everything. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly config: Config;
  readonly connectionString: string;
  readonly logger: Logger;
  /** At the end, how long new connections are still taken, in milliseconds; see `closeServer`. */
  readonly drainMs?: number;
  /** And how long connections that nobody uses are kept after that. */
  readonly lingerMs?: number;
  /** Other than the usual ones. */
  readonly httpLimits?: Partial<HttpLimits> | undefined;
}

const DRAIN_MS = 500;
const LINGER_MS = 2_000;

/** Everything of the server on a database that runs: migrates, then serves requests and runs checks. */
export async function startServer({
  config,
  connectionString,
  logger,
  drainMs = DRAIN_MS,
  lingerMs = LINGER_MS,
  httpLimits,
}: ServerOptions): Promise<RunningServer> {
  await migrate(connectionString);
  const tracing = await openTracing(config, logger);
  const pool = createDatabase({
    connectionString,
    onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const db = tracing?.observeDatabase(pool) ?? pool;
  const listener = startListener(connectionString, logger);
  const watch = startWatch({ db, listener, logger });
  let metrics: Metrics | undefined;
  const closeOthers = async () => {
    watch.stop();
    await Promise.all([listener.stop(), metrics?.stop(), tracing?.stop()]);
    await db.close();
  };
  try {
    metrics = await openMetrics(config, { db, watch, logger });
    const observers = [metrics, tracing].filter((observer) => observer !== undefined);
    let isStopping = false;
    let isClosed = false;
    const onClosed = () => {
      isClosed = true;
    };
    const failedAuthLimit = createFailedAuthLimit({
      db,
      ...config.failedAuthLimit,
      onError: (error) => logger.warn({ err: error }, 'a failed authentication was not counted'),
    });
    const signIn = await openSignIn(config, { db, failedAuthLimit, logger });
    const triggers = createTriggerWriter({
      db,
      hourlyLimit: config.triggerLimit,
      onStored: () => listener.notify('qassandra_check_scheduled'),
    });
    const app = createApp({
      config,
      db,
      sessions: signIn.sessions,
      signInRoutes: signIn.routes,
      failedAuthLimit,
      triggers,
      watch,
      logger,
      observers,
      isStopping: () => isStopping,
      isClosed: () => isClosed,
    });
    const http = createHttpServer(app, httpLimits);
    await listen(http, config);
    const runner = loadLinkWalker({ privateTargets: config.privateTargets });
    const queue = startQueue({ db, listener, runner, triggers, logger, observers });
    const housekeeping = startHousekeeping({ db, retention: config.retention, logger });
    return {
      localIssuer: signIn.localIssuer,
      async stop() {
        isStopping = true;
        watch.stop();
        await Promise.all([
          closeServer(http, { drainMs, lingerMs, onClosed }),
          queue.stop(),
          housekeeping.stop(),
        ]);
        await closeOthers();
      },
    };
  } catch (error) {
    await closeOthers();
    throw error;
  }
}

function listen(http: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
}
