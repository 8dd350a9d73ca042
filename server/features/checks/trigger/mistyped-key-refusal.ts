import type { IncomingMessage } from 'node:http';
import { createMistypedKeyError, findBearerKey } from '../../../auth/keys/bearer-key.ts';
import type { PreExpressHandler } from '../../../http/before-express/run-before-express.ts';
import { listHeaderValues } from '../../../http/header-values.ts';
import type { ErrorAnswer } from '../../../http/problem.ts';
import { TRIGGER_PATH } from './trigger-routes.ts';

/** The path as the action writes it. For other spellings the route itself gives the same answer. */
const TRIGGER = /^\/api\/apps\/[\w-]+\/trigger$/;

const REFUSAL = createMistypedKeyError();

/**
 * Refuses a trigger with a malformed key before Express runs, so that a flood of those costs little. The answer is byte
 * for byte that of the route.
 */
export function createMistypedKeyRefusal(answerError: ErrorAnswer): PreExpressHandler {
  return (req, res, next) => {
    if (req.method !== 'POST' || !TRIGGER.test(req.url ?? '') || !isMistyped(req)) {
      next();
      return;
    }
    // For the observers.
    req.route = { path: TRIGGER_PATH };
    res.setHeader('Cache-Control', 'no-store');
    answerError(REFUSAL, res);
  };
}

function isMistyped(req: IncomingMessage): boolean {
  const authorization = listHeaderValues(req, 'authorization');
  return authorization.length > 0 && findBearerKey(authorization) === undefined;
}
