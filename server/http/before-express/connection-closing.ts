import type { PreExpressHandler } from './run-before-express.ts';

/** Once the server accepts no new connections, tells clients to close theirs after the answer. */
export function createConnectionClosing(isClosed: () => boolean): PreExpressHandler {
  return (_req, res, next) => {
    if (isClosed()) {
      res.setHeader('Connection', 'close');
    }
    next();
  };
}
