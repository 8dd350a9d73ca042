import type { CheckObserver } from '../features/checks/queue/check-observer.ts';
import type { RunnerMessage, RunnerSettings, SupervisorMessage } from './runner-messages.ts';

/** The server that started this runner process. */
export interface Supervisor {
  /** The settings that it sends first. */
  readonly settings: Promise<RunnerSettings>;
  /** Resolves when this process should stop: after a message, or if the server is gone. */
  readonly stopped: Promise<string>;
  /** Whether triggers flood in at the server. */
  isPressed(): boolean;
  /** Reports the checks of this process, for the server's metrics. */
  readonly observer: CheckObserver;
}

/** How long a message about pressure counts. */
const PRESSED_FOR_MS = 100;

/** `undefined` if this process was started alone. */
export function connectSupervisor(): Supervisor | undefined {
  if (process.send === undefined) {
    return undefined;
  }
  const settings = Promise.withResolvers<RunnerSettings>();
  const stopped = Promise.withResolvers<string>();
  let pressedUntil = 0;
  process.on('message', (message: SupervisorMessage) => {
    switch (message.type) {
      case 'start':
        settings.resolve(message.settings);
        break;
      case 'pressed':
        pressedUntil = performance.now() + PRESSED_FOR_MS;
        break;
      case 'stop':
        stopped.resolve('the server stops');
        break;
    }
  });
  process.on('disconnect', () => stopped.resolve('the server is gone'));
  // A terminal sends Ctrl-C to every process of the group: the server decides what ends when.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => stopped.resolve('SIGTERM'));
  return {
    settings: settings.promise,
    stopped: stopped.promise,
    isPressed: () => performance.now() < pressedUntil,
    observer: { observeCheck },
  };
}

const observeCheck: CheckObserver['observeCheck'] = async ({ attempts }, run) => {
  send({ type: 'check-started', attempts });
  const startedAt = performance.now();
  const conclusion = await run();
  if (conclusion !== undefined) {
    send({ type: 'check-ended', conclusion, seconds: (performance.now() - startedAt) / 1000 });
  }
  return conclusion;
};

function send(message: RunnerMessage): void {
  process.send?.(message, undefined, {}, () => {});
}
