import type { IncomingMessage } from 'node:http';
import { createMistypedKeyError, findBearerKey } from '../../auth/keys/bearer-key.ts';
import type { PreExpressHandler } from '../../http/before-express/run-before-express.ts';
import { listHeaderValues } from '../../http/header-values.ts';
import type { ErrorAnswer } from '../../http/problem.ts';
import { TRIGGER_PATH } from './routes.ts';

/** As the action writes it. Whoever writes it otherwise has the same answer of the route itself. */
const TRIGGER = /^\/api\/apps\/[\w-]+\/trigger$/;

const REFUSAL = createMistypedKeyError();

/**
 * Refuses a trigger with what does not look like a key before it comes to Express, so that a flood of them costs
 * little. Byte for byte the answer that `routes.ts` gives.
 */
export function createMistypedKeyRefusal(answerError: ErrorAnswer): PreExpressHandler {
  return (req, res, next) => {
    if (req.method !== 'POST' || !TRIGGER.test(req.url ?? '') || !isMistyped(req)) {
      next();
      return;
    }
    // For those who look on.
    req.route = { path: TRIGGER_PATH };
    res.setHeader('Cache-Control', 'no-store');
    answerError(REFUSAL, res);
  };
}

function isMistyped(req: IncomingMessage): boolean {
  const authorization = listHeaderValues(req, 'authorization');
  return authorization.length > 0 && findBearerKey(authorization) === undefined;
}
