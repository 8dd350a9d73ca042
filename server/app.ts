import { randomUUID } from 'node:crypto';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { createApiDocsRoutes } from './api-docs/routes.ts';
import { createApiKeyRoutes } from './api-keys/routes.ts';
import { createAppRoutes } from './apps/routes.ts';
import { createAuditRoutes } from './audit/routes.ts';
import { createCallerReader } from './auth/caller.ts';
import type { LocalIssuer } from './auth/local-issuer.ts';
import type { SessionVerifier } from './auth/session.ts';
import { createSignInRoutes } from './auth/sign-in-routes.ts';
import { createSignOutRoutes } from './auth/sign-out-routes.ts';
import { createSupabaseRoutes } from './auth/supabase-routes.ts';
import { createCheckRoutes } from './checks/routes.ts';
import type { Watch } from './checks/watch.ts';
import type { Config } from './config.ts';
import { createDashboardRoutes } from './dashboard/routes.ts';
import type { Queryable } from './db/pool.ts';
import { createHealthRoutes } from './health/routes.ts';
import { createInvitationRoutes } from './organizations/invitation-routes.ts';
import { createMemberRoutes } from './organizations/member-routes.ts';
import { createOrganizationRoutes } from './organizations/routes.ts';
import { handleError, handleUnknownRoute } from './problem.ts';

export interface AppParts {
  readonly config: Config;
  readonly db: Queryable;
  readonly sessions: SessionVerifier;
  /** Where users sign in locally; without it there is no sign-in link. */
  readonly localIssuer: LocalIssuer | undefined;
  readonly watch: Watch;
  readonly logger: Logger;
  readonly isStopping: () => boolean;
}

/** The HTTP application: all routes and what stands before and behind them. It does not listen. */
export function createApp(parts: AppParts): Express {
  const { config, db, sessions, localIssuer, watch, isStopping } = parts;
  const { publicUrl, triggerLimit } = config;
  const callers = createCallerReader({ db, sessions, publicUrl });

  const app = express();
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(createRequestLog(parts.logger), setSecurityHeaders, closeWhenStopping(isStopping));

  app.use(createHealthRoutes({ db, isStopping }));
  app.use('/api', preventCaching);
  app.use('/api', createApiDocsRoutes({ publicUrl, issuerUrl: config.supabase?.url ?? publicUrl }));
  app.use('/api', createCheckRoutes({ db, callers, watch, publicUrl, triggerLimit }));
  app.use('/api', createApiKeyRoutes({ db, callers }));
  app.use('/api', createAuditRoutes({ db, callers }));
  app.use('/api', createAppRoutes({ db, callers }));
  app.use('/api', createOrganizationRoutes({ db, callers }));
  app.use('/api', createMemberRoutes({ db, callers }));
  app.use('/api', createInvitationRoutes({ db, callers }));
  app.use(createSignOutRoutes({ sessions, publicUrl }));
  if (localIssuer) {
    app.use(createSignInRoutes({ issuer: localIssuer }));
  }
  if (config.supabase) {
    app.use(createSupabaseRoutes({ ...config.supabase, publicUrl }));
  }
  app.use(createDashboardRoutes({ publicUrl, signIn: localIssuer ? 'local' : 'supabase' }));
  app.use(handleUnknownRoute, handleError);
  return app;
}

const setSecurityHeaders = helmet({
  // Other hosts below this one are not ours to decide for.
  strictTransportSecurity: { includeSubDomains: false },
  // As frame-ancestors below, for browsers that know only this.
  xFrameOptions: { action: 'deny' },
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      imgSrc: ["'self'", 'data:'],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
    },
  },
});

const preventCaching: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

/** Clients with a connection kept alive go elsewhere with their next request. */
function closeWhenStopping(isStopping: () => boolean): RequestHandler {
  return (_req, res, next) => {
    if (isStopping()) {
      res.set('Connection', 'close');
    }
    next();
  };
}

/**
 * A line a request: what was asked and what came of it. Never headers, bodies or query strings, where
 * secrets are, nor a key that somebody took for an app's name.
 */
function createRequestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (_req, res) => {
      const id = randomUUID();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'error' : 'info'),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: toLoggedPath(url),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    },
  });
}

/** The path without its query; a part that could be a key, however it is encoded, is not shown. */
function toLoggedPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  return path
    .split('/')
    .map((part) => (/q|%/i.test(part) && decodePart(part).includes('qsk_') ? 'qsk_…' : part))
    .join('/');
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
