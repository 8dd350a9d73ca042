import { constants, setPriority } from 'node:os';
import { CheckError, type Runner } from '../contract.ts';
import { ALIVE_EVERY_MS, type ChildMessage, type NetworkSettings, type ParentMessage } from './protocol.ts';

/** Makes the runner of a check, with the network that the check may use. */
export type CreateRunner = (network: NetworkSettings) => Runner;

/**
 * The child's side: runs checks one after the other as the parent asks for them, and says every half second that it
 * is alive. Ends with the parent.
 */
export function serveRunner(createRunner: CreateRunner): void {
  if (process.send === undefined) {
    // Started by `commands/compile.ts`, to have Node.js keep what it compiles.
    return;
  }
  giveWay();
  let abort = new AbortController();

  async function run({ target, network }: Extract<ParentMessage, { type: 'run' }>): Promise<void> {
    abort = new AbortController();
    const { signal } = abort;
    try {
      const onReading = (name: string) => send({ type: 'reading', name });
      for await (const result of createRunner(network).run(target, { signal, onReading })) {
        send({ type: 'result', result });
      }
      send({ type: 'ended' });
    } catch (error) {
      send(toEnd(error, signal));
    }
  }

  process.on('message', (message: ParentMessage) => {
    if (message.type === 'run') {
      void run(message);
    } else {
      abort.abort(new Error('the check was aborted'));
    }
  });
  // The parent sends the signals that count; a terminal sends its own to every process of the group.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit(0));
  setInterval(() => send({ type: 'alive', resident: process.memoryUsage.rss() }), ALIVE_EVERY_MS);
}

/** Gives the API and the runner precedence on the processors, since others wait for them. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not every system allows this.
  }
}

function toEnd(error: unknown, signal: AbortSignal): ChildMessage {
  if (signal.aborted) {
    return { type: 'ended' };
  }
  if (error instanceof CheckError) {
    return { type: 'refused', message: error.message };
  }
  return { type: 'failed', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function send(message: ChildMessage): void {
  // A parent that is gone is noticed by `disconnect`.
  process.send?.(message, undefined, {}, () => {});
}
