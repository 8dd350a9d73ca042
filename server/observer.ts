import type { Request, RequestHandler } from 'express';
import type { Conclusion } from './checks/schema.ts';
import type { ClaimedCheck } from './checks/sql/claim-checks.ts';

/** Looks on from outside and changes nothing of what it sees: the metrics, the traces. */
export interface Observer {
  /** Stands before all routes. */
  readonly observeRequest: RequestHandler;
  /** Calls `run`, which runs the check, and passes on what comes of it: the conclusion that was stored, if one was. */
  readonly observeCheck: (
    check: ClaimedCheck,
    run: () => Promise<Conclusion | undefined>,
  ) => Promise<Conclusion | undefined>;
}

/**
 * Which route a request that was answered had come to: its pattern, like `/api/apps/:app/trigger`, and never the
 * path itself, of which there is no end and which may hold what is secret.
 */
export function findRoutePattern(req: Request): string {
  const pattern: unknown = req.route?.path;
  if (Array.isArray(pattern)) {
    return 'page';
  }
  if (typeof pattern !== 'string') {
    return 'other';
  }
  // `baseUrl` is no longer there when an error was answered.
  return /^\/api\//i.test(req.originalUrl) ? `/api${pattern}` : pattern;
}
