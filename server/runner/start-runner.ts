import type { Runner } from './contract.ts';
import { type CheckLimits, DEFAULT_CHECK_LIMITS } from './process/check-process.ts';
import { createProcessPool } from './process/process-pool.ts';
import type { NetworkSettings } from './process/protocol.ts';

export interface RunnerOptions extends NetworkSettings {
  readonly limits?: Partial<CheckLimits>;
  /** The main file of a check's process; tests have some that misbehave. */
  readonly main?: URL;
}

/** Runs each check in its own process. */
export interface ProcessRunner extends Runner {
  /** Ends all processes. */
  stop(): void;
}

/** The runner of a server's checks. A process is started with the first check, and kept for the next. */
export function startRunner({
  privateTargets,
  limits = {},
  main = new URL('main.ts', import.meta.url),
}: RunnerOptions): ProcessRunner {
  const pool = createProcessPool({ main, limits: { ...DEFAULT_CHECK_LIMITS, ...limits } });
  return {
    async *run(target, options) {
      const child = pool.take();
      try {
        yield* child.run(target, { ...options, network: { privateTargets } });
      } finally {
        pool.give(child);
      }
    },
    stop: () => pool.stop(),
  };
}
