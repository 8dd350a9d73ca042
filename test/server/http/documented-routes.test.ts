import { beforeAll, describe, expect, test } from '@jest/globals';
import { createOpenApiDocument } from '../../../server/api-docs/document.ts';
import { createRoutes } from '../../../server/app.ts';
import { createFailedAuthLimit } from '../../../server/auth/limits/failed-auth-limit.ts';
import { openSignIn } from '../../../server/auth/open-sign-in.ts';
import { parseConfig } from '../../../server/config.ts';
import { startListener } from '../../../server/db/listener.ts';
import { createDatabase } from '../../../server/db/pool.ts';
import { createTriggerWriter } from '../../../server/features/checks/trigger/trigger-writer.ts';
import { startWatch } from '../../../server/features/checks/watch.ts';
import { createSecretBox } from '../../../server/features/secrets/secret-box.ts';
import { createErrorAnswer } from '../../../server/http/problem.ts';
import { createLogger } from '../../../server/observe/logger.ts';
import { createTestDatabase } from '../../helpers/server/database.ts';
import { listRoutes } from '../../helpers/server/list-routes.ts';

/** What is served and is deliberately not in the OpenAPI document, by the reason. Each must be there. */
const UNDOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  'the document itself, and the page that shows it': [
    'GET /api/openapi.json',
    'GET /api/docs',
    'GET /api/docs/style.css',
  ],
  'sign-in and sign-out: steps of a browser, answered with cookies, redirects and pages': [
    'GET /sign-in',
    'HEAD /sign-in',
    'GET /sign-in/style.css',
    'POST /auth/sign-out',
    'POST /auth/password',
    'POST /auth/sign-up',
    'POST /auth/email-link',
    'POST /auth/github',
    'GET /auth/callback',
  ],
  'the pages of the dashboard, and their files': [
    'GET /',
    'GET /organization',
    'GET /apps/:app',
    'GET /apps/:app/settings',
    'GET /apps/:app/checks/:check',
    'GET /*path',
    'USE /assets compression',
    'USE /assets serveStatic',
  ],
  'no routes: they set a header, or answer what no route did': [
    'USE /api preventCaching',
    'USE /auth <anonymous>',
    'USE /healthz preventCaching',
    'USE /readyz preventCaching',
    'USE / handleUnknownRoute',
  ],
};

/** Both ways to sign in, since each has routes of its own. */
const SETTINGS = [{}, { SUPABASE_URL: 'http://127.0.0.1:9', SUPABASE_PUBLISHABLE_KEY: 'key' }];

describe('the routes of the server and the OpenAPI document', () => {
  let served: ReadonlySet<string>;
  beforeAll(async () => {
    const perSetting = await Promise.all(SETTINGS.map((env) => readRoutes({ ...env, LOG_LEVEL: 'silent' })));
    served = new Set(perSetting.flat());
  });

  const undocumented = Object.values(UNDOCUMENTED).flat();
  const documented = listOperations();

  test('every route is documented, or listed here with a reason', () => {
    const known = new Set([...documented, ...undocumented]);
    expect([...served].filter((route) => !known.has(route))).toEqual([]);
  });

  test('every documented operation is served', () => {
    expect(documented.length).toBeGreaterThan(0);
    expect(documented.filter((route) => !served.has(route))).toEqual([]);
  });

  test('every route listed here is served and undocumented', () => {
    expect(undocumented.filter((route) => !served.has(route) || documented.includes(route))).toEqual([]);
  });
});

/** The routes of a server with these settings. */
async function readRoutes(env: Readonly<Record<string, string>>): Promise<string[]> {
  const config = parseConfig(env);
  const database = await createTestDatabase();
  const { connectionString } = database;
  const logger = createLogger(config);
  const db = createDatabase({ connectionString, onIdleError: () => {} });
  const listener = startListener(connectionString, logger);
  const watch = startWatch({ db, listener, logger });
  const failedAuthLimit = createFailedAuthLimit({ db, ...config.failedAuthLimit, onError: () => {} });
  try {
    const signIn = await openSignIn(config, { db, failedAuthLimit, logger });
    const app = createRoutes({
      config,
      db,
      probe: { isReachable: async () => true },
      sessions: signIn.sessions,
      signInRoutes: signIn.routes,
      failedAuthLimit,
      triggers: createTriggerWriter({ db, hourlyLimit: undefined, onStored: () => {} }),
      secretBox: createSecretBox([]),
      watch,
      logger,
      isStopping: () => false,
      answerError: createErrorAnswer({ logger, pace: (_code, answer) => answer() }),
    });
    return listRoutes(app.router);
  } finally {
    watch.stop();
    await listener.stop();
    await db.close();
    await database.drop();
  }
}

/** The operations of the document, as `listRoutes` writes routes. */
function listOperations(): string[] {
  const { paths = {} } = createOpenApiDocument({
    publicUrl: 'http://127.0.0.1',
    issuerUrl: 'http://127.0.0.1',
  });
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
}
