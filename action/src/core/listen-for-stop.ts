import { StopError } from '../lib/errors.ts';
import type { Words } from '../lib/words.ts';
import type { StopSignals } from './contracts.ts';

/** How long a trigger that is under way may still answer: its answer holds the id of the check to cancel. */
const LAST_CALL_MS = 2000;

/**
 * Listens for the runner's cancel: SIGINT, 7.5 s later SIGTERM, 2.5 s later the kill; on Windows Ctrl-C and
 * Ctrl-Break, which Node.js calls SIGBREAK. A terminal that is closed sends SIGHUP. The listeners stay, so that the
 * second signal does not end the process while the check is being cancelled.
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
