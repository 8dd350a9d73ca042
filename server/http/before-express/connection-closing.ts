import type { PreExpressHandler } from './run-before-express.ts';

/** Once the server accepts no new connections, tells clients with a kept-alive one to open their next elsewhere. */
export function createConnectionClosing(isClosed: () => boolean): PreExpressHandler {
  return (_req, res, next) => {
    if (isClosed()) {
      res.setHeader('Connection', 'close');
    }
    next();
  };
}
