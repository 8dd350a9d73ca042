import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { createLocalIssuer, type LocalIssuer } from './auth/local-issuer.ts';
import { createSupabaseVerifier, type SessionVerifier } from './auth/session.ts';
import { startQueue } from './checks/queue.ts';
import { deleteExpiredIdempotencyKeys } from './checks/sql/delete-expired-idempotency-keys.ts';
import { startWatch } from './checks/watch.ts';
import type { Config } from './config.ts';
import { startListener } from './db/listener.ts';
import { migrate } from './db/migrate.ts';
import { createDatabase, type Database } from './db/pool.ts';
import { createLinkWalker } from './runner/link-walker.ts';

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
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the usual load balancer's, which then is the one to close idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
/** Docker kills what has not stopped 10 s after SIGTERM. */
const GRACE_MS = 7_000;
const HOUSEKEEPING_MS = 60 * 60 * 1000;

/** Everything of the server on a database that runs: migrates, then serves requests and runs checks. */
export async function startServer({
  config,
  connectionString,
  logger,
}: ServerOptions): Promise<RunningServer> {
  await migrate(connectionString);
  const db = createDatabase({
    connectionString,
    onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const { sessions, localIssuer } = await createSessions(db, config);
  const listener = startListener(connectionString, logger);
  const watch = startWatch({ db, listener, logger });
  let isStopping = false;
  const app = createApp({ config, db, sessions, localIssuer, watch, logger, isStopping: () => isStopping });
  const http = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    app,
  );
  await listen(http, config).catch(async (error: unknown) => {
    watch.stop();
    await listener.stop();
    await db.close();
    throw error;
  });
  const runner = createLinkWalker({ privateTargets: config.privateTargets });
  const queue = startQueue({ db, listener, runner, logger });
  const housekeeping = setInterval(() => cleanUp(db, logger), HOUSEKEEPING_MS);

  return {
    localIssuer,
    async stop() {
      isStopping = true;
      clearInterval(housekeeping);
      watch.stop();
      await Promise.all([close(http), queue.stop()]);
      await listener.stop();
      await db.close();
    },
  };
}

async function createSessions(
  db: Database,
  { supabase, publicUrl }: Config,
): Promise<{ sessions: SessionVerifier; localIssuer: LocalIssuer | undefined }> {
  if (supabase) {
    return { sessions: createSupabaseVerifier(supabase), localIssuer: undefined };
  }
  const localIssuer = await createLocalIssuer(db, publicUrl);
  return { sessions: localIssuer.verifier, localIssuer };
}

function listen(http: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
}

/**
 * Takes no new connection, and closes each kept-alive one as soon as its request is answered. A client that
 * does not finish sending is not waited for longer than `GRACE_MS`.
 */
async function close(http: Server): Promise<void> {
  const sweep = setInterval(() => http.closeIdleConnections(), 100);
  const grace = setTimeout(() => http.closeAllConnections(), GRACE_MS);
  await new Promise<void>((resolve) => http.close(() => resolve()));
  clearInterval(sweep);
  clearTimeout(grace);
}

function cleanUp(db: Database, logger: Logger): void {
  deleteExpiredIdempotencyKeys(db).catch((error: unknown) =>
    logger.warn({ err: error }, 'housekeeping failed'),
  );
}
