import type { IncomingMessage } from 'node:http';
import type { CheckObserver } from '../features/checks/check-observer.ts';
import type { FrontHandler } from '../http/before-express/run-before-express.ts';
import type { ErrorCode } from '../http/errors.ts';

/** What a route says of its answer to those who look on. */
interface AnswerNotes {
  /** What the answer says is wrong. */
  problemCode?: ErrorCode;
  /** Whether a trigger was answered with the check that an earlier one had made. */
  isReplay?: boolean;
}

declare module 'node:http' {
  interface IncomingMessage {
    /** Of Express, or of what answers before it: the route that the request had come to. */
    route?: { path: unknown };
    /** Of Express: as it was sent, though Express shortens `url` on the way. */
    originalUrl?: string;
  }
  interface ServerResponse {
    /** Express makes it where it is not there yet. */
    locals?: AnswerNotes;
  }
}

declare global {
  namespace Express {
    interface Locals extends AnswerNotes {}
  }
}

/** Looks on from outside and changes nothing of what it sees: the metrics, the traces. */
export interface Observer {
  /** Stands before all that answers. */
  readonly observeRequest: FrontHandler;
  readonly observeCheck: CheckObserver['observeCheck'];
}

/**
 * Which route a request that was answered had come to: its pattern, like `/api/apps/:app/trigger`, and never the
 * path itself, of which there is no end and which may hold what is secret.
 */
export function findRoutePattern({ route, originalUrl, url = '' }: IncomingMessage): string {
  const pattern = route?.path;
  if (Array.isArray(pattern)) {
    return 'page';
  }
  if (typeof pattern !== 'string') {
    return 'other';
  }
  // Express's `baseUrl` is no longer there when an error was answered.
  return /^\/api\//i.test(originalUrl ?? url) ? `/api${pattern}` : pattern;
}
