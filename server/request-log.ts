import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';

/**
 * Gives each request its id, and the log a line when it was answered: what was asked and what came of it. Never
 * headers, bodies or query strings, where secrets are, nor a key that somebody took for an app's name.
 *
 * One line at the end and no logger a request: that would cost more than all the rest of a refusal.
 */
export function createRequestLog(logger: Logger): RequestHandler {
  // Looking each line through for secrets costs ten times what writing it does; there is no room for one here.
  const lines = logger.child({}, { redact: [] });
  return (req, res, next) => {
    const id = randomUUID();
    const startedAt = performance.now();
    res.setHeader('X-Request-Id', id);
    res.once('close', () => {
      const line = {
        req: { id, method: req.method, path: toLoggedPath(req.originalUrl) },
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

/** The path without its query; a part that could be a key, however it is encoded, is not shown. */
function toLoggedPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  if (!/q|%/i.test(path)) {
    return path;
  }
  return path
    .split('/')
    .map((part) => (decodePart(part).includes('qsk_') ? 'qsk_…' : part))
    .join('/');
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
