import type { buildConnector } from 'undici';
import { type ConnectorOptions, createConnector } from '../../../network/connector.ts';

/**
 * Gives each connection a signal of its own. `net.connect` listens to the signal it is given for ever and so keeps the
 * socket, and a walk opens thousands: one for each asset that is not read to its end.
 */
export function connectApart({ policy, timeoutMs, signal }: ConnectorOptions): buildConnector.connector {
  const open = new Set<AbortController>();
  const abortAll = () => {
    for (const controller of open) {
      controller.abort(signal.reason);
    }
  };
  signal.addEventListener('abort', abortAll, { once: true });
  return (options, callback) => {
    const controller = new AbortController();
    open.add(controller);
    createConnector({ policy, timeoutMs, signal: controller.signal })(options, (error, socket) => {
      if (error !== null) {
        open.delete(controller);
        callback(error, null);
        return;
      }
      socket.once('close', () => open.delete(controller));
      callback(null, socket);
    });
    if (signal.aborted) {
      controller.abort(signal.reason);
    }
  };
}
