import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { createFailedAuthLimit } from './auth/limits/failed-auth-limit.ts';
import { createFailureSweep } from './auth/limits/failure-sweep.ts';
import type { LocalIssuer } from './auth/local/local-issuer.ts';
import { openSignIn } from './auth/open-sign-in.ts';
import type { Config } from './config.ts';
import { createDatabaseProbe } from './db/database-probe.ts';
import { createDatabaseStartError } from './db/describe-database-error.ts';
import { type Sweep, startHousekeeping } from './db/housekeeping.ts';
import { type Listener, startListener } from './db/listener.ts';
import { migrate } from './db/migrate.ts';
import { createDatabase, type Database, type Queryable } from './db/pool.ts';
import { createAuditSweeps } from './features/audit/sweeps.ts';
import { createCheckSweeps } from './features/checks/sweeps.ts';
import { createTriggerWriter } from './features/checks/trigger/trigger-writer.ts';
import { startWatch, type Watch } from './features/checks/watch.ts';
import { renewEncryption, warnOfUnreadableSecrets } from './features/secrets/check-secrets.ts';
import { createSecretBox, type SecretBox } from './features/secrets/secret-box.ts';
import { closeServer } from './http/before-express/close-server.ts';
import { createHttpServer, type HttpLimits } from './http/before-express/http-server.ts';
import { listen } from './http/before-express/listen.ts';
import { loadBodyReader } from './http/read-body.ts';
import type { Metrics } from './observe/metrics/start-metrics.ts';
import type { RequestObserver } from './observe/observer.ts';
import { openMetrics, openTracing } from './observe/open-observers.ts';
import type { RunnerMessage } from './supervision/runner-messages.ts';
import { storePrivateTargets } from './supervision/sql/store-private-targets.ts';
import { type Runners, startRunners } from './supervision/start-runners.ts';

export interface RunningServer {
  /** `undefined` if users sign in with Supabase. */
  readonly localIssuer: LocalIssuer | undefined;
  /** Answers the running requests, hands running checks over to other processes, and closes everything. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly config: Config;
  readonly connectionString: string;
  /** The keys that encrypt secrets, the newest first; empty: no secret can be set. */
  readonly encryptionKeys: readonly Uint8Array[];
  readonly logger: Logger;
  /** How long new connections are still accepted at shutdown, in milliseconds; see `closeServer`. */
  readonly drainMs?: number;
  /** How long idle connections are kept at shutdown, in milliseconds; see `closeServer`. */
  readonly lingerMs?: number;
  /** Overrides of the default limits, for tests. */
  readonly httpLimits?: Partial<HttpLimits> | undefined;
}

const DRAIN_MS = 500;
const LINGER_MS = 2_000;

/** Starts the whole server on a running database: migrates, starts the runners, and serves requests. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, connectionString, encryptionKeys, logger } = options;
  await migrate(connectionString);
  const parts = await openParts(options);
  const { db, secretBox } = parts;
  try {
    // The first statement that writes: it fails for a database user who may only read.
    await storePrivateTargets(db, config.privateTargets).catch((error: unknown) => {
      throw createDatabaseStartError(connectionString, error);
    });
    await renewEncryption({ db, secretBox, logger });
    await warnOfUnreadableSecrets({ db, secretBox, logger });
    const runners = startRunners({
      count: config.runners,
      settings: { ...pickRunnerSettings(config), connectionString, encryptionKeys },
      logger,
      onMessage: (message) => countCheck(message, parts.metrics),
    });
    const api = await startApi(parts, options, runners).catch(async (error: unknown) => {
      await runners.stop();
      throw error;
    });
    const housekeeping = startHousekeeping({ sweeps: createSweeps(db, config.retention), logger });
    return {
      localIssuer: api.localIssuer,
      async stop() {
        await Promise.all([api.stop(), runners.stop(), housekeeping.stop()]);
        await parts.close();
      },
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

function pickRunnerSettings({ checksAtOnce, privateTargets, logLevel, otlpEndpoint }: Config) {
  return { checksAtOnce, privateTargets, logLevel, otlpEndpoint };
}

function countCheck(message: RunnerMessage, metrics: Metrics | undefined): void {
  if (message.type === 'check-started') {
    metrics?.noteStarted(message.attempts);
  } else {
    metrics?.noteEnded(message.conclusion, message.seconds);
  }
}

/** The sweeps of all features: one line per feature whose rows expire. */
export function createSweeps(
  db: Queryable,
  { checkDays, auditLogDays }: Partial<Config['retention']>,
): Sweep[] {
  return [
    createFailureSweep(db),
    ...createCheckSweeps(db, { checkDays }),
    ...createAuditSweeps(db, { auditLogDays }),
  ];
}

/** The parts that the start, the API and the queue share within a process. */
interface ProcessParts {
  readonly db: Database;
  readonly secretBox: SecretBox;
  readonly listener: Listener;
  readonly watch: Watch;
  readonly observers: readonly RequestObserver[];
  readonly metrics: Metrics | undefined;
  /** Call this last: everything else uses these parts. */
  close(): Promise<void>;
}

async function openParts(options: ServerOptions): Promise<ProcessParts> {
  const { config, connectionString, encryptionKeys, logger } = options;
  const tracing = await openTracing(config, logger);
  const pool = createDatabase({
    connectionString,
    onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const db = tracing?.observeDatabase(pool) ?? pool;
  const listener = startListener(connectionString, logger);
  const watch = startWatch({ db, listener, logger });
  const closeAll = async (metrics: Metrics | undefined) => {
    watch.stop();
    await Promise.all([listener.stop(), metrics?.stop(), tracing?.stop()]);
    await db.close();
  };
  try {
    const metrics = await openMetrics(config, { db, watch, logger });
    const observers = [metrics, tracing].filter((observer) => observer !== undefined);
    const secretBox = createSecretBox(encryptionKeys);
    return { db, secretBox, listener, watch, observers, metrics, close: () => closeAll(metrics) };
  } catch (error) {
    await closeAll(undefined);
    throw error;
  }
}

interface Api {
  readonly localIssuer: LocalIssuer | undefined;
  /** Answers pending waits with the current state, then closes the connections in order. */
  stop(): Promise<void>;
}

async function startApi(
  { db, secretBox, listener, watch, observers }: ProcessParts,
  options: ServerOptions,
  runners: Runners,
): Promise<Api> {
  const { config, connectionString, logger } = options;
  const { drainMs = DRAIN_MS, lingerMs = LINGER_MS, httpLimits } = options;
  const failedAuthLimit = createFailedAuthLimit({
    db,
    ...config.failedAuthLimit,
    onError: (error) => logger.warn({ err: error }, 'a failed authentication was not counted'),
  });
  const signIn = await openSignIn(config, { db, failedAuthLimit, logger });
  const triggers = createTriggerWriter({
    db,
    hourlyLimit: config.triggerLimit,
    onStored: () => {
      listener.notify('qassandra_check_scheduled');
      if (triggers.isPressed()) {
        runners.notePressure();
      }
    },
  });
  const probe = createDatabaseProbe(connectionString);
  let isStopping = false;
  let isClosed = false;
  const app = createApp({
    config,
    db,
    probe,
    sessions: signIn.sessions,
    signInRoutes: signIn.routes,
    failedAuthLimit,
    triggers,
    secretBox,
    watch,
    logger,
    observeRequest: observers.map((observer) => observer.observeRequest),
    isStopping: () => isStopping,
    isClosed: () => isClosed,
  });
  await loadBodyReader();
  const http = createHttpServer(app, httpLimits);
  const { host, port } = config;
  await listen(http, { host, port, settings: { host: 'HOST', port: 'PORT' } });
  const onClosed = () => {
    isClosed = true;
  };
  return {
    localIssuer: signIn.localIssuer,
    async stop() {
      isStopping = true;
      watch.stop();
      await closeServer(http, { drainMs, lingerMs, onClosed });
      await probe.stop();
    },
  };
}
