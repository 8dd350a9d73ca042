import type { RequestListener } from 'node:http';
import { Router } from 'express';
import { pino } from 'pino';
import { createApp } from '../../../server/app.ts';
import type { CallerLimits } from '../../../server/auth/limits/caller-limit.ts';
import { createFailedAuthLimit } from '../../../server/auth/limits/failed-auth-limit.ts';
import { parseConfig } from '../../../server/config.ts';
import type { Queryable, Statement } from '../../../server/db/pool.ts';
import { createTriggerWriter } from '../../../server/features/checks/trigger/trigger-writer.ts';
import type { Watch } from '../../../server/features/checks/watch.ts';
import { createSecretBox } from '../../../server/features/secrets/secret-box.ts';

/** The application on a database that records its statements. It accepts keys only, no sessions. */
export interface CountedApp {
  readonly app: RequestListener;
  readonly statements: Statement[];
  /** The errors of failed counts. */
  readonly uncounted: unknown[];
}

export interface CountedAppOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly windowMs?: number;
  readonly newKeysPerSecond?: number;
  readonly callerLimits?: Partial<CallerLimits>;
  /** Whether triggers are flooding in; the real state by default. */
  readonly isPressed?: () => boolean;
}

export function createCountedApp(
  db: Queryable,
  { env = {}, isPressed, callerLimits, ...limits }: CountedAppOptions = {},
): CountedApp {
  const statements: Statement[] = [];
  const uncounted: unknown[] = [];
  const counted: Queryable = {
    query: (statement) => {
      statements.push(statement);
      return db.query(statement);
    },
  };
  const config = parseConfig(env);
  const watch: Watch = { wait: ({ read }) => read(), count: () => 0, stop: () => {} };
  const app = createApp({
    config,
    db: counted,
    probe: { isReachable: async () => true },
    sessions: { cookieName: '', verify: async () => undefined, end: async () => {} },
    signInRoutes: Router(),
    failedAuthLimit: createFailedAuthLimit({
      db: counted,
      ...config.failedAuthLimit,
      ...limits,
      onError: (error) => uncounted.push(error),
    }),
    callerLimits,
    triggers: {
      ...createTriggerWriter({ db: counted, hourlyLimit: config.triggerLimit, onStored: () => {} }),
      ...(isPressed && { isPressed }),
    },
    secretBox: createSecretBox([]),
    watch,
    logger: pino({ level: 'silent' }),
    observeRequest: [],
    isStopping: () => false,
    isClosed: () => false,
  });
  return { app, statements, uncounted };
}
