import { type CheckProcess, type CheckProcessOptions, createCheckProcess } from './check-process.ts';

/** Keeps processes for the next check: starting one takes longer than a small check. */
export interface ProcessPool {
  take(): CheckProcess;
  /** Takes a process back after its check. Ends it if it cannot be used again. */
  give(child: CheckProcess): void;
  stop(): void;
}

/** How long one process is kept without a check. */
const KEEP_ONE_MS = 60_000;
/** How long further ones are. */
const KEEP_MORE_MS = 10_000;

interface Idle {
  readonly child: CheckProcess;
  readonly timer: NodeJS.Timeout;
}

export function createProcessPool(options: CheckProcessOptions): ProcessPool {
  const idle: Idle[] = [];
  const busy = new Set<CheckProcess>();
  let isStopped = false;

  function drop(child: CheckProcess): void {
    const index = idle.findIndex((entry) => entry.child === child);
    if (index !== -1) {
      idle.splice(index, 1);
    }
    child.kill();
  }

  return {
    take() {
      for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
        clearTimeout(entry.timer);
        if (entry.child.isReusable()) {
          busy.add(entry.child);
          return entry.child;
        }
        entry.child.kill();
      }
      const child = createCheckProcess(options);
      busy.add(child);
      return child;
    },
    give(child) {
      busy.delete(child);
      if (isStopped || !child.isReusable()) {
        child.kill();
        return;
      }
      const keepMs = idle.length === 0 ? KEEP_ONE_MS : KEEP_MORE_MS;
      idle.push({ child, timer: setTimeout(() => drop(child), keepMs).unref() });
    },
    stop() {
      isStopped = true;
      for (const { child, timer } of idle.splice(0)) {
        clearTimeout(timer);
        child.kill();
      }
      for (const child of busy) {
        child.kill();
      }
    },
  };
}
