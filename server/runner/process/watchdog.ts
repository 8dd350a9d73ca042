import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { ALIVE_EVERY_MS, type ChildMessage } from './protocol.ts';

/** What a killed process used too much of. */
export type Overuse = 'time' | 'memory';

export interface WatchdogLimits {
  readonly silentMs: number;
  readonly memoryMb: number;
}

export interface Watchdog {
  /** Why the process was killed, or ended by itself for lack of memory; `undefined` for any other end. */
  getOveruse(): Overuse | undefined;
  stop(): void;
}

const MIB = 1024 * 1024;
const PAGE_BYTES = 4096;
/** A timer that is this late was held up by this process or machine, and says nothing about the child. */
const LATE_MS = 1_000;

/** Kills the child when it does not answer, or uses too much memory. */
export function startWatchdog(child: ChildProcess, { silentMs, memoryMb }: WatchdogLimits): Watchdog {
  let overuse: Overuse | undefined;
  let heardAt = performance.now();
  let lookedAt = performance.now();

  function end(reason: Overuse): void {
    overuse ??= reason;
    child.kill('SIGKILL');
  }

  function onMessage(message: ChildMessage): void {
    heardAt = performance.now();
    if (message.type === 'alive' && message.memory.resident > memoryMb * MIB) {
      end('memory');
    }
  }

  async function look(): Promise<void> {
    const now = performance.now();
    if (now - lookedAt > ALIVE_EVERY_MS + LATE_MS) {
      heardAt += now - lookedAt;
    }
    lookedAt = now;
    if (now - heardAt > silentMs) {
      end('time');
    } else if (now - heardAt > 2 * ALIVE_EVERY_MS && (await readResident(child.pid)) > memoryMb * MIB) {
      // A process that hangs says nothing of its memory.
      end('memory');
    }
  }

  const timer = setInterval(() => void look(), ALIVE_EVERY_MS);
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

/** Of another process, in bytes; 0 where the system does not tell. */
async function readResident(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  return Number(text.split(' ')[1] ?? 0) * PAGE_BYTES;
}
