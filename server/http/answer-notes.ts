import type { ErrorCode } from './errors.ts';

/** What a route notes about its answer, for metrics and traces. In `res.locals` once the answer is sent. */
interface AnswerNotes {
  /** The code of the problem that was answered. */
  problemCode?: ErrorCode;
  /** Whether a trigger was answered with the check of an earlier one, by its idempotency key. */
  isReplay?: boolean;
}

declare module 'node:http' {
  interface IncomingMessage {
    /** Set by Express, or by a pre-Express handler that answers: the route that matched. */
    route?: { path: unknown };
    /** Set by Express: the URL as it was sent, while Express shortens `url` on the way. */
    originalUrl?: string;
  }
  interface ServerResponse {
    /** Express makes it where it is missing. */
    locals?: AnswerNotes;
  }
}

declare global {
  namespace Express {
    interface Locals extends AnswerNotes {}
  }
}
