import type { ChildProcess } from 'node:child_process';
import { ALIVE_EVERY_MS, type ChildMessage } from './protocol.ts';
import { type ProcessUse, readProcessUse } from './read-process-use.ts';

/** What a killed process used too much of. */
export type Overuse = 'time' | 'memory';

export interface WatchdogLimits {
  /** How long the process may compute without an answer, in milliseconds. */
  readonly silentMs: number;
  /** In MiB. */
  readonly memoryMb: number;
}

export interface Watchdog {
  /** Why the process was killed, or that it ran out of memory; `undefined` for any other end. */
  getOveruse(): Overuse | undefined;
  stop(): void;
}

const MIB = 1024 * 1024;
/** How many times longer a process may be silent if it does not compute, for example on a busy machine. */
const IDLE_FACTOR = 6;
/** A timer that is this late was held up by this process or machine, and says nothing about the child. */
const LATE_MS = 1_000;

/** Kills the child when it does not answer, or uses too much memory. */
export function startWatchdog(child: ChildProcess, { silentMs, memoryMb }: WatchdogLimits): Watchdog {
  let overuse: Overuse | undefined;
  let lookedAt = performance.now();
  /** The time of the child's last message, and its use at the first look after that. */
  let heardAt = performance.now();
  let usedBefore: ProcessUse | undefined;

  function end(reason: Overuse): void {
    overuse ??= reason;
    child.kill('SIGKILL');
  }

  function onMessage(message: ChildMessage): void {
    heardAt = performance.now();
    usedBefore = undefined;
    if (message.type === 'alive' && message.resident > memoryMb * MIB) {
      end('memory');
    }
  }

  function look(): void {
    const now = performance.now();
    if (now - lookedAt > ALIVE_EVERY_MS + LATE_MS) {
      heardAt += now - lookedAt;
    }
    lookedAt = now;
    if (now - heardAt < 2 * ALIVE_EVERY_MS) {
      return;
    }
    const use = readProcessUse(child.pid);
    usedBefore ??= use;
    // If the system does not tell, every silent moment counts as computing.
    const computedMs = use && usedBefore ? use.cpuMs - usedBefore.cpuMs : now - heardAt;
    if (use && use.resident > memoryMb * MIB) {
      end('memory');
    } else if (computedMs > silentMs / 2 && now - heardAt > silentMs) {
      end('time');
    } else if (now - heardAt > IDLE_FACTOR * silentMs) {
      end('time');
    }
  }

  const timer = setInterval(look, ALIVE_EVERY_MS);
  child.on('message', onMessage);
  return {
    getOveruse() {
      // V8 ends a process that is out of memory by SIGABRT.
      return overuse ?? (child.signalCode === 'SIGABRT' || child.exitCode === 134 ? 'memory' : undefined);
    },
    stop() {
      clearInterval(timer);
      child.off('message', onMessage);
    },
  };
}
