import { type ChildProcess, fork } from 'node:child_process';
import {
  CheckError,
  RunnerLostError,
  type RunnerResult,
  type RunOptions,
  type RunTarget,
} from '../contract.ts';
import { createMessageQueue } from '../message-queue.ts';
import type { ChildMessage, NetworkSettings, ParentMessage } from './protocol.ts';
import { type Overuse, startWatchdog } from './watchdog.ts';

/** What one check may use. */
export interface CheckLimits {
  /** How long the process may not answer, in milliseconds. */
  readonly silentMs: number;
  /** JavaScript's heap, in MiB. */
  readonly heapMb: number;
  /** All memory of the process, in MiB. */
  readonly memoryMb: number;
}

export const DEFAULT_CHECK_LIMITS: CheckLimits = { silentMs: 5_000, heapMb: 256, memoryMb: 512 };

export interface CheckProcessOptions {
  /** The child's main file. */
  readonly main: URL;
  readonly limits: CheckLimits;
}

/** A process that runs one check at a time. */
export interface CheckProcess {
  /**
   * Runs a check in the process, as `Runner.run` does. A process that does not answer or uses too much memory is
   * killed, and the flow under way is yielded as failed. Throws a `RunnerLostError` if it ended for another reason.
   */
  run(
    target: RunTarget,
    options: RunOptions & { readonly network: NetworkSettings },
  ): AsyncGenerator<RunnerResult>;
  /** Whether it can run another check. */
  isReusable(): boolean;
  kill(): void;
}

/** How many checks one process runs before another replaces it. */
const MOST_CHECKS = 100;
/** A process that has grown beyond this is not used again, in MiB. */
const REUSABLE_MB = 160;
const MIB = 1024 * 1024;
/**
 * The size of each half of the space for new objects, in MiB. V8's own choice uses 60 MB more for a walk of 2,000
 * pages, and saves a tenth of its time.
 */
const YOUNG_MB = 4;
/** How long an aborted check may take to close what it opened, before its process is killed. */
const ABORT_MS = 1_000;

/** The variables that a check's process needs, without our addresses and secrets. */
const PASSED_VARIABLES = [
  'PATH',
  'TZ',
  'LANG',
  'NODE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

export function createCheckProcess({ main, limits }: CheckProcessOptions): CheckProcess {
  const child = startChild(main, limits);
  let checks = 0;
  let residentMb = 0;
  let hasEnded = false;
  /** Whether it may still run a check that was abandoned. */
  let isAdrift = false;
  child.on('message', (message: ChildMessage) => {
    if (message.type === 'alive') {
      residentMb = message.resident / MIB;
    }
  });
  child.on('exit', () => {
    hasEnded = true;
  });
  // What cannot be started ends, too.
  child.on('error', () => {
    hasEnded = true;
  });

  return {
    async *run(target, { signal, network }) {
      checks += 1;
      const { messages, stop } = listen(child);
      const send = (message: ParentMessage) => child.connected && child.send(message);
      const watchdog = startWatchdog(child, limits);
      let abortTimer: NodeJS.Timeout | undefined;
      const onAbort = () => {
        send({ type: 'abort' });
        abortTimer = setTimeout(() => child.kill('SIGKILL'), ABORT_MS);
      };
      try {
        signal.throwIfAborted();
        signal.addEventListener('abort', onAbort);
        send({ type: 'run', target, network });
        isAdrift = true;
        yield* followRun(messages, { signal, watchdog, limits, onEnd: () => (isAdrift = false) });
      } finally {
        clearTimeout(abortTimer);
        signal.removeEventListener('abort', onAbort);
        watchdog.stop();
        stop();
      }
    },
    isReusable: () => !hasEnded && !isAdrift && checks < MOST_CHECKS && residentMb < REUSABLE_MB,
    kill: () => child.kill('SIGKILL'),
  };
}

function startChild(main: URL, { heapMb }: CheckLimits): ChildProcess {
  const passed = PASSED_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return fork(main, {
    execArgv: [`--max-old-space-size=${heapMb}`, `--max-semi-space-size=${YOUNG_MB}`],
    env: Object.fromEntries(passed),
    serialization: 'advanced',
    // V8 prints pages of text before it ends a process that is out of memory.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

type Event = ChildMessage | { readonly type: 'exit' };

function listen(child: ChildProcess) {
  const messages = createMessageQueue<Event>();
  const onMessage = (message: ChildMessage) => messages.add(message);
  const onExit = () => messages.add({ type: 'exit' });
  child.on('message', onMessage);
  child.on('exit', onExit);
  child.on('error', onExit);
  if (child.exitCode !== null || child.signalCode !== null) {
    onExit();
  }
  return {
    messages,
    stop() {
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onExit);
    },
  };
}

interface Following {
  readonly signal: AbortSignal;
  readonly watchdog: { readonly getOveruse: () => Overuse | undefined };
  readonly limits: CheckLimits;
  /** Called when the process is done with the check. */
  readonly onEnd: () => void;
}

async function* followRun(
  messages: AsyncIterable<Event>,
  { signal, watchdog, limits, onEnd }: Following,
): AsyncGenerator<RunnerResult> {
  let reading: { name: string; since: number } | undefined;
  for await (const message of messages) {
    switch (message.type) {
      case 'alive':
        break;
      case 'reading':
        reading = { name: message.name, since: performance.now() };
        break;
      case 'result':
        yield message.result;
        break;
      case 'ended':
        onEnd();
        signal.throwIfAborted();
        return;
      case 'refused':
        onEnd();
        throw new CheckError(message.message);
      case 'failed':
        onEnd();
        throw new Error(`The runner failed: ${message.stack}`);
      case 'exit': {
        signal.throwIfAborted();
        const overuse = watchdog.getOveruse();
        if (overuse === undefined || reading === undefined) {
          throw new RunnerLostError('The process of the check ended.');
        }
        const { name, since } = reading;
        const error = describeOveruse(overuse, limits);
        const duration_ms = Math.round(performance.now() - since);
        yield { flow: { name, status: 'failed', duration_ms, error, cause: error } };
        return;
      }
    }
  }
}

function describeOveruse(overuse: Overuse, { silentMs, memoryMb }: CheckLimits): string {
  return overuse === 'time'
    ? `took more than ${silentMs / 1000} s to read, so the check stopped there`
    : `took more than ${memoryMb} MB of memory to read, so the check stopped there`;
}
