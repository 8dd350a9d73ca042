import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { PreExpressHandler } from './run-before-express.ts';

/**
 * Gives each request its id, and the log a line when it was answered: what was asked and what came of it. Never
 * headers, bodies or query strings, where secrets are, nor a key that somebody took for an app's name.
 *
 * One line at the end and no logger a request: that would cost more than all the rest of a refusal.
 */
export function createRequestLog(logger: Logger): PreExpressHandler {
  // Looking each line through for secrets costs ten times what writing it does; there is no room for one here.
  const lines = logger.child({}, { redact: [] });
  return (req, res, next) => {
    const id = randomUUID();
    const startedAt = performance.now();
    // Express shortens it on the way.
    const { url = '' } = req;
    res.setHeader('X-Request-Id', id);
    res.once('close', () => {
      const line = {
        req: { id, method: req.method, path: toLoggedPath(url) },
        res: { status: res.statusCode },
        responseTime: Math.round(performance.now() - startedAt),
      };
      if (!res.writableFinished) {
        lines.info(line, 'request aborted');
      } else if (res.statusCode >= 500) {
        lines.error(line, 'request failed');
      } else {
        lines.info(line, 'request completed');
      }
    });
    next();
  };
}

/** As long as an alias may be. A key has 46 characters. */
const LONGEST_PART = 40;

/**
 * The path without its query. A part that could be a key is not shown, however it is encoded; nor is one that is
 * longer than any of ours: a key encoded twice, a token, or what somebody sends to fill the log.
 */
function toLoggedPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  return path.split('/').map(toLoggedPart).join('/');
}

function toLoggedPart(part: string): string {
  if (/q|%/i.test(part) && decodePart(part).includes('qsk_')) {
    return 'qsk_…';
  }
  return part.length > LONGEST_PART ? '…' : part;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
