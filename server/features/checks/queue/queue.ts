import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Listener } from '../../../db/listener.ts';
import type { Queryable } from '../../../db/pool.ts';
import type { Runner } from '../../../runner/contract.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { CheckObserver } from './check-observer.ts';
import { type ClaimerAnswer, createClaimer } from './claimer.ts';
import { startRunningChecks } from './running-checks.ts';

export interface QueueOptions {
  readonly db: Queryable;
  readonly listener: Listener;
  readonly runner: Runner;
  /** Opens the secrets of the apps' settings. */
  readonly secretBox: SecretBox;
  /** How many checks run at the same time. */
  readonly checksAtOnce: number;
  /** Whether triggers flood in at this process, so that claims should pause. Absent in a process without an API. */
  readonly isPressed?: () => boolean;
  readonly logger: Logger;
  readonly observers: readonly CheckObserver[];
}

export interface Queue {
  /** Stops claiming and releases the running checks to other processes, or to this one's next start. */
  stop(): Promise<void>;
}

/** Another process takes over a killed process's check after the lease and at most one poll: within 20 s. */
const LEASE_SECONDS = 15;
const POLL_MS = 5_000;
/**
 * Pause between two claims while triggers flood in. Somebody waits for the answer to each trigger; a check that is
 * queued behind thousands of others can wait 50 ms more.
 */
const CLAIM_PAUSE_MS = 50;

/**
 * Takes checks from the `checks` table and runs them, several at the same time, shared by organization and app. A
 * notification wakes it within milliseconds of a trigger; the poll finds checks whose notification was lost or whose
 * lease ran out. Needs the database and nothing else, so it may run in a process without the API.
 */
export function startQueue(options: QueueOptions): Queue {
  const { listener, checksAtOnce, isPressed = () => false, logger } = options;
  const running = startRunningChecks({ ...options, leaseSeconds: LEASE_SECONDS, onFree: wake });
  const claimer = createClaimer({ ...options, running, leaseSeconds: LEASE_SECONDS });
  let isStopping = false;
  let claiming: Promise<void> | undefined;
  let isWokenAgain = false;
  let claimedAt = Number.NEGATIVE_INFINITY;

  function wake(): void {
    isWokenAgain = true;
    claiming ??= claimWhileThereAreSome().finally(() => {
      claiming = undefined;
      // `wake` was called after the last claim.
      if (isWokenAgain && canClaim()) {
        wake();
      }
    });
  }

  function canClaim(): boolean {
    return !isStopping && running.list().length < checksAtOnce;
  }

  async function claimWhileThereAreSome(): Promise<void> {
    let again: ClaimerAnswer['again'] = 'when woken';
    while ((isWokenAgain || again !== 'when woken') && canClaim()) {
      const pauseMs = findPause(again);
      if (pauseMs > 0) {
        await sleep(pauseMs);
        continue;
      }
      claimedAt = performance.now();
      if (again === 'when woken') {
        isWokenAgain = false;
        claimer.startRound();
      }
      again = await claim();
    }
  }

  function findPause(again: ClaimerAnswer['again']): number {
    if (again === 'after a pause' || isPressed()) {
      return claimedAt + CLAIM_PAUSE_MS - performance.now();
    }
    return again === 'when woken' ? claimer.restMs() : 0;
  }

  async function claim(): Promise<ClaimerAnswer['again']> {
    try {
      const { checks, again } = await claimer.claim();
      for (const check of checks) {
        running.start(check);
      }
      return again;
    } catch (error) {
      logger.warn({ err: error }, 'no check could be claimed; trying again at the next poll');
      return 'when woken';
    }
  }

  const poll = setInterval(wake, POLL_MS);
  listener.subscribe('qassandra_check_scheduled', wake);
  wake();

  return {
    async stop() {
      isStopping = true;
      clearInterval(poll);
      await claiming;
      await running.release();
    },
  };
}
