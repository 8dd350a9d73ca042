import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { PreExpressHandler } from './run-before-express.ts';

/**
 * Gives each request an id, and logs one line when it is answered: method, path, status and duration. Never logs
 * headers, bodies or query strings, which hold secrets, or a key that was used as an app's name in the path.
 *
 * Logs one line at the end and makes no logger per request: that would cost more than the rest of a refusal.
 */
export function createRequestLog(logger: Logger): PreExpressHandler {
  // Redaction is off: searching a line for secrets costs ten times as much as writing it, and these lines hold none.
  const lines = logger.child({}, { redact: [] });
  return (req, res, next) => {
    const id = randomUUID();
    const startedAt = performance.now();
    // Read it now: Express shortens it while it routes.
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

/** The longest alias, in characters. A key has 46. */
const LONGEST_PART = 40;

/**
 * The path without its query. Hides a part that could hold a key, even percent-encoded. Also hides a part that is
 * longer than any of ours: it may be a key that was encoded twice, a token, or text that is sent to fill the log.
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
