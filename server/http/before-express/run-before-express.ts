import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ErrorAnswer } from '../problem.ts';

/** A pre-Express handler: takes a request as Node hands it over, and answers it or calls `next`. */
export type PreExpressHandler = (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

export interface PreExpressOptions {
  /** In the order in which they run. */
  readonly handlers: readonly PreExpressHandler[];
  /** Answers an error that a handler throws. Unanswered, it would end the process. */
  readonly answerError: ErrorAnswer;
}

/**
 * Runs `handlers` on each request before Express does. Refusing a request here costs half of what Express alone
 * takes for one.
 */
export function runBeforeExpress(
  app: RequestListener,
  { handlers, answerError }: PreExpressOptions,
): RequestListener {
  const handle = handlers.reduceRight<RequestListener>(
    (next, handler) => (req, res) => handler(req, res, () => next(req, res)),
    app,
  );
  return (req, res) => {
    try {
      handle(req, res);
    } catch (error) {
      answerError(error, res);
    }
  };
}
