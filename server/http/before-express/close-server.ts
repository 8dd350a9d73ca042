import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CloseOptions {
  /** Called once no new connection is taken: from then on each answer says `Connection: close`. */
  readonly onClosed: () => void;
  /** How long `/readyz` answers 503 before new connections are refused. */
  readonly drainMs: number;
  /** How long a connection that nobody uses is still kept, so that a request on its way there is answered. */
  readonly lingerMs: number;
}

/** Docker kills what has not stopped 10 s after SIGTERM. */
const GRACE_MS = 6_000;
const SWEEP_MS = 100;

/**
 * Leaves without a request that is cut off, also where a balancer looks at `/readyz` only now and then. For a
 * moment everything goes on. Then new connections are refused: a client that is refused has sent nothing, and goes
 * elsewhere. Those that are open are told to close with their next answer, and only closed unasked when nobody used
 * them for `lingerMs`. A client that does not finish is waited for no longer than `GRACE_MS`.
 *
 * Not the other way round: clients that are told to close before would open new connections, and those that the
 * kernel has taken and we have not when we stop listening are reset, with the request that may be in them.
 */
export async function closeServer(
  http: Server,
  { onClosed, drainMs, lingerMs }: CloseOptions,
): Promise<void> {
  await sleep(drainMs);
  // Not http's own `close`, which also closes at once what is idle.
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
