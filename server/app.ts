import type { RequestListener } from 'node:http';
import express, { type Express, type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import { createApiDocsRoutes } from './api-docs/routes.ts';
import { createCallerReader } from './auth/caller.ts';
import { type CallerLimits, createCallerLimit } from './auth/limits/caller-limit.ts';
import type { FailedAuthLimit } from './auth/limits/failed-auth-limit.ts';
import type { SessionVerifier } from './auth/session/session.ts';
import { createSignOutRoutes } from './auth/session/sign-out-routes.ts';
import type { Config } from './config.ts';
import { createDashboardRoutes } from './dashboard/routes.ts';
import type { DatabaseProbe } from './db/database-probe.ts';
import type { Queryable } from './db/pool.ts';
import { createApiKeyRoutes } from './features/api-keys/routes.ts';
import { createAppRoutes } from './features/apps/routes.ts';
import { createAuditRoutes } from './features/audit/routes.ts';
import { createCheckSettingsRoutes } from './features/check-settings/routes.ts';
import { createComparisonRoutes } from './features/checks/comparison/comparison-routes.ts';
import { createCheckRoutes } from './features/checks/routes.ts';
import { createMistypedKeyRefusal } from './features/checks/trigger/mistyped-key-refusal.ts';
import { createTriggerRoutes } from './features/checks/trigger/trigger-routes.ts';
import type { TriggerWriter } from './features/checks/trigger/trigger-writer.ts';
import { createTryRoutes } from './features/checks/trigger/try-routes.ts';
import type { Watch } from './features/checks/watch.ts';
import { createInvitationRoutes } from './features/organizations/invitation-routes.ts';
import { createMemberRoutes } from './features/organizations/member-routes.ts';
import { createOrganizationRoutes } from './features/organizations/routes.ts';
import { createGithubKeys } from './features/secret-scanning/github-keys.ts';
import { createSecretScanningRoutes } from './features/secret-scanning/routes.ts';
import { createSecretRoutes } from './features/secrets/routes.ts';
import type { SecretBox } from './features/secrets/secret-box.ts';
import { createStatisticsRoutes } from './features/statistics/routes.ts';
import { createHealthRoutes } from './health/routes.ts';
import { createAmbiguityRefusal } from './http/before-express/ambiguity-refusal.ts';
import { createConnectionClosing } from './http/before-express/connection-closing.ts';
import { createConnectionTurns } from './http/before-express/connection-turns.ts';
import { createRequestLog } from './http/before-express/request-log.ts';
import { type PreExpressHandler, runBeforeExpress } from './http/before-express/run-before-express.ts';
import { setSecurityHeaders } from './http/before-express/security-headers.ts';
import {
  createErrorAnswer,
  createErrorHandler,
  type ErrorAnswer,
  handleUnknownRoute,
} from './http/problem.ts';
import { createRefusalPace } from './http/refusal-pace.ts';

export interface AppParts {
  readonly config: Config;
  readonly db: Queryable;
  /** For `/readyz`. */
  readonly probe: Pick<DatabaseProbe, 'isReachable'>;
  readonly sessions: SessionVerifier;
  /** Routes of the configured way to sign in, local or Supabase; see `openSignIn`. */
  readonly signInRoutes: Router;
  readonly failedAuthLimit: FailedAuthLimit;
  /** Overrides of the default limits, for tests. */
  readonly callerLimits?: Partial<CallerLimits> | undefined;
  readonly triggers: TriggerWriter;
  readonly secretBox: SecretBox;
  readonly watch: Watch;
  readonly logger: Logger;
  /** The observers' pre-Express handlers. */
  readonly observeRequest: readonly PreExpressHandler[];
  /** True once the process got the signal to stop: `/readyz` then answers 503. */
  readonly isStopping: () => boolean;
  /** True once new connections are refused. */
  readonly isClosed: () => boolean;
}

/** What the routes need of the app. */
export type RouteParts = Omit<AppParts, 'observeRequest' | 'isClosed'> & {
  readonly answerError: ErrorAnswer;
};

/** The HTTP application: all routes, and the handlers that run before Express. It does not listen. */
export function createApp(parts: AppParts): RequestListener {
  const { triggers, logger, observeRequest, isClosed } = parts;
  const answerError = createErrorAnswer({ logger, pace: createRefusalPace(triggers) });
  const turns = createConnectionTurns(answerError);
  const handlers = [
    turns.takeTurn,
    createRequestLog(logger),
    setSecurityHeaders,
    createConnectionClosing(isClosed),
    ...observeRequest,
    turns.refuseSurplus,
    createAmbiguityRefusal(answerError),
    createMistypedKeyRefusal(answerError),
  ];
  return runBeforeExpress(createRoutes({ ...parts, answerError }), { handlers, answerError });
}

/** All routes. `test/server/http/documented-routes.test.ts` compares them with the OpenAPI document. */
export function createRoutes(parts: RouteParts): Express {
  const { config, db, sessions, signInRoutes, failedAuthLimit, triggers, watch } = parts;
  const { secretBox, probe, logger, isStopping, answerError } = parts;
  const { publicUrl } = config;
  const callerLimit = createCallerLimit(parts.callerLimits);
  const callers = createCallerReader({ db, sessions, publicUrl, failedAuthLimit, callerLimit });

  const app = express();
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.set('x-powered-by', false);

  // Mount the busiest routes first, with an error handler of their own: Express tries routers in order.
  const handleError = createErrorHandler(answerError);
  app.use(
    '/api',
    preventCaching,
    createTriggerRoutes({ db, callers, triggers, publicUrl }),
    createCheckRoutes({ db, callers, watch, publicUrl }),
    handleError,
  );
  app.use(['/healthz', '/readyz'], preventCaching);
  app.use(createHealthRoutes({ probe, isStopping }));
  app.use('/api', createApiDocsRoutes({ publicUrl, issuerUrl: config.supabase?.url ?? publicUrl }));
  app.use('/api', createComparisonRoutes({ db, callers, publicUrl }));
  app.use('/api', createApiKeyRoutes({ db, callers }));
  app.use('/api', createCheckSettingsRoutes({ db, callers }));
  app.use('/api', createTryRoutes({ db, callers, triggers, publicUrl }));
  app.use('/api', createSecretRoutes({ db, callers, secretBox }));
  app.use('/api', createAuditRoutes({ db, callers }));
  app.use('/api', createStatisticsRoutes({ db, callers }));
  app.use('/api', createAppRoutes({ db, callers }));
  app.use('/api', createOrganizationRoutes({ db, callers }));
  app.use('/api', createMemberRoutes({ db, callers }));
  app.use('/api', createInvitationRoutes({ db, callers }));
  const githubKeys = createGithubKeys({ url: config.secretScanningKeysUrl });
  app.use('/api', createSecretScanningRoutes({ db, githubKeys, logger }));
  app.use(createSignOutRoutes({ sessions, publicUrl }));
  app.use(signInRoutes);
  app.use(
    createDashboardRoutes({
      publicUrl,
      signIn: config.supabase ? 'supabase' : 'local',
      actionRef: config.actionRef,
    }),
  );
  app.use(handleUnknownRoute, handleError);
  return app;
}

/**
 * No cache may keep an answer of the API. Clients that keep one themselves may ask whether it has changed, by the `ETag`
 * of `sendRevalidated`. An answer without one cannot match, but Express would take `*` as a match.
 */
const preventCaching: RequestHandler = (req, res, next) => {
  if (req.headers['if-none-match'] === '*') {
    delete req.headers['if-none-match'];
  }
  res.setHeader('Cache-Control', 'no-store');
  next();
};
