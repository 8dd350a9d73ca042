import { StopError } from '../lib/errors.ts';
import type { Words } from '../lib/words.ts';
import type { StopSignals } from './contracts.ts';

/** How long a trigger in progress may still take: its answer contains the id of the check to cancel. */
const LAST_CALL_MS = 2000;

/**
 * Listens for signals to stop. The runner sends SIGINT, 7.5 s later SIGTERM, and kills the process 2.5 s later; on
 * Windows it sends Ctrl-C and Ctrl-Break, which Node.js calls SIGBREAK. A terminal that is closed sends SIGHUP. The
 * listeners stay, so that the second signal does not end the process while it cancels the check.
 */
export function listenForStop(source: NodeJS.EventEmitter, { step }: Pick<Words, 'step'>): StopSignals {
  const requested = new AbortController();
  const lastCall = new AbortController();
  const stop = (signal: string): void => {
    if (requested.signal.aborted) {
      return;
    }
    const reason = new StopError(`The ${step} was cancelled (${signal}).`);
    requested.abort(reason);
    setTimeout(() => lastCall.abort(reason), LAST_CALL_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP']) {
    source.on(signal, stop);
  }
  return { requested: requested.signal, lastCall: lastCall.signal };
}
