import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { RunnerMessage, RunnerSettings, SupervisorMessage } from './runner-messages.ts';

export interface RunnersOptions {
  readonly count: number;
  readonly settings: RunnerSettings;
  readonly logger: Logger;
  /** Called with what a runner reports about its checks. */
  readonly onMessage: (message: RunnerMessage) => void;
}

/** The runner processes of a server. */
export interface Runners {
  /** Tells the runners that triggers flood in. */
  notePressure(): void;
  /** Has each runner release its checks, and waits for the processes to end. */
  stop(): Promise<void>;
}

const RUNNER = new URL('../commands/runner.ts', import.meta.url);
/** A runner that ended is started again after this long; twice as long after each further end, up to the second. */
const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 10_000;
/** A runner that lived this long counts as well again. */
const WELL_AFTER_MS = 30_000;
/** A runner that has not ended by then is killed. Its checks are taken up when their leases have run out. */
const STOP_TIMEOUT_MS = 5_000;
/** Between two messages about pressure. */
const PRESSURE_EVERY_MS = 50;

/** Starts runner processes, and starts one again whenever one has ended. */
export function startRunners({ count, ...options }: RunnersOptions): Runners {
  const runners = Array.from({ length: count }, () => superviseRunner(options));
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    notePressure() {
      if (performance.now() - toldAt >= PRESSURE_EVERY_MS) {
        toldAt = performance.now();
        for (const runner of runners) {
          runner.send({ type: 'pressed' });
        }
      }
    },
    async stop() {
      await Promise.all(runners.map((runner) => runner.stop()));
    },
  };
}

interface SupervisedRunner {
  send(message: SupervisorMessage): void;
  stop(): Promise<void>;
}

function superviseRunner({ settings, logger, onMessage }: Omit<RunnersOptions, 'count'>): SupervisedRunner {
  const stopping = new AbortController();
  const { signal } = stopping;
  let child: ChildProcess | undefined;
  const supervising = keepRunning();

  async function keepRunning(): Promise<void> {
    let restartMs = FIRST_RESTART_MS;
    while (!signal.aborted) {
      const startedAt = performance.now();
      const end = await runOnce();
      if (signal.aborted) {
        return;
      }
      logger.error({ end }, 'a runner has ended; starting another');
      if (performance.now() - startedAt > WELL_AFTER_MS) {
        restartMs = FIRST_RESTART_MS;
      }
      await sleep(restartMs, undefined, { signal }).catch(() => {});
      restartMs = Math.min(2 * restartMs, LONGEST_RESTART_MS);
    }
  }

  /** Resolves with how the process ended: its exit code, its signal, or why it could not be started. */
  async function runOnce(): Promise<unknown> {
    child = fork(RUNNER, {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', onMessage);
    const started = child;
    const ended = once(started, 'exit').then(
      ([code, by]: unknown[]) => by ?? code,
      (error: unknown) => String(error),
    );
    send({ type: 'start', settings });
    return ended;
  }

  function send(message: SupervisorMessage): void {
    if (child?.connected) {
      // A process that is about to end receives no messages. The server notices its end.
      child.send(message, () => {});
    }
  }

  return {
    send,
    async stop() {
      stopping.abort();
      send({ type: 'stop' });
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await supervising;
      clearTimeout(timer);
    },
  };
}
