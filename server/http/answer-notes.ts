import type { ErrorCode } from './errors.ts';

/** Facts about an answer, for metrics and traces. Complete in `res.locals` once the answer is sent. */
interface AnswerNotes {
  /** The error code, if the answer is a problem document. */
  problemCode?: ErrorCode;
  /** Whether a trigger repeated the idempotency key of an earlier one and got its check. Set for triggers only. */
  isReplay?: boolean;
}

declare module 'node:http' {
  interface IncomingMessage {
    /** Set by Express, or by a pre-Express handler that answers: the route that matched. */
    route?: { path: unknown };
    /** Set by Express: the URL as it was sent. Express shortens `url` while it routes. */
    originalUrl?: string;
  }
  interface ServerResponse {
    /** Express creates it if it is missing. */
    locals?: AnswerNotes;
  }
}

declare global {
  namespace Express {
    interface Locals extends AnswerNotes {}
  }
}
