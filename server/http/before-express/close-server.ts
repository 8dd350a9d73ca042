import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CloseOptions {
  /** Called once new connections are refused. From then on, each answer must say `Connection: close`. */
  readonly onClosed: () => void;
  /** How long `/readyz` answers 503 before new connections are refused, in milliseconds. */
  readonly drainMs: number;
  /** How long an idle connection is kept, in milliseconds, so that a request on its way to it is answered. */
  readonly lingerMs: number;
}

/** Docker kills a process that has not stopped 10 s after SIGTERM. */
const GRACE_MS = 6_000;
const SWEEP_MS = 100;

/**
 * Closes the server without cutting off a request, even if a load balancer checks `/readyz` only now and then. For
 * `DRAIN_MS`, everything goes on. Then new connections are refused: a refused client has sent nothing and can try
 * another instance. Open connections are told to close with their next answer. Without an answer, they are closed only
 * if they are idle after `lingerMs`. A client that does not finish is cut off after `GRACE_MS`.
 *
 * Keep this order. Clients that are told to close earlier would open new connections here. And when the server stops
 * listening, the kernel resets the connections that Node has not accepted yet, together with any request on them.
 */
export async function closeServer(
  http: Server,
  { onClosed, drainMs, lingerMs }: CloseOptions,
): Promise<void> {
  await sleep(drainMs);
  // Not http's own `close`: it also closes idle connections at once.
  const ended = new Promise<void>((resolve) => NetServer.prototype.close.call(http, () => resolve()));
  onClosed();
  const sweep = { timer: setTimeout(startSweeping, lingerMs) };
  function startSweeping(): void {
    http.closeIdleConnections();
    sweep.timer = setInterval(() => http.closeIdleConnections(), SWEEP_MS);
  }
  const grace = setTimeout(() => http.closeAllConnections(), GRACE_MS);
  await ended;
  clearTimeout(sweep.timer);
  clearTimeout(grace);
}
