import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Listener } from '../../../db/listener.ts';
import type { Queryable } from '../../../db/pool.ts';
import type { Runner } from '../../../runner/contract.ts';
import { type ClaimedCheck, claimChecks } from '../sql/claim-checks.ts';
import { releaseCheck } from '../sql/release-check.ts';
import { renewLeases } from '../sql/renew-leases.ts';
import type { CheckObserver } from './check-observer.ts';
import { runCheck } from './run-check.ts';

export interface QueueOptions {
  readonly db: Queryable;
  readonly listener: Listener;
  readonly runner: Runner;
  /** How many checks run at the same time. */
  readonly checksAtOnce: number;
  /** Whether triggers flood in at this process, and claims had better pause. Absent in a process without an API. */
  readonly isPressed?: () => boolean;
  readonly logger: Logger;
  readonly observers: readonly CheckObserver[];
}

export interface Queue {
  /** Stops claiming and releases the running checks to other processes, or to this one's next start. */
  stop(): Promise<void>;
}

/** A killed process's check is taken up again after the lease and at most one poll: within 20 s. */
const LEASE_SECONDS = 15;
const POLL_MS = 5_000;
/**
 * Pause between two claims while triggers flood in. Somebody waits for the answer to each trigger; a check that is
 * queued behind thousands of others can wait 50 ms more.
 */
const CLAIM_PAUSE_MS = 50;
/** Also how soon a worker notices that its check was cancelled. */
const HEARTBEAT_MS = 1_000;

interface Running {
  readonly check: ClaimedCheck;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Takes checks off the `checks` table and runs them, several at the same time. A notification wakes it within
 * milliseconds of a trigger; the poll finds checks whose notification was lost or whose lease ran out. Needs the
 * database and nothing else, so it may run in a process without the API.
 */
export function startQueue({
  db,
  listener,
  runner,
  checksAtOnce,
  isPressed = () => false,
  logger,
  observers,
}: QueueOptions): Queue {
  const running = new Map<string, Running>();
  let isStopping = false;
  let claiming: Promise<void> | undefined;
  let isWokenAgain = false;
  let claimedAt = Number.NEGATIVE_INFINITY;

  function wake(): void {
    isWokenAgain = true;
    claiming ??= claimWhileThereAreSome().finally(() => {
      claiming = undefined;
      // A call between the last claim and now.
      if (isWokenAgain && canClaim()) {
        wake();
      }
    });
  }

  function canClaim(): boolean {
    return !isStopping && running.size < checksAtOnce;
  }

  async function claimWhileThereAreSome(): Promise<void> {
    while (isWokenAgain && canClaim()) {
      const pauseMs = claimedAt + CLAIM_PAUSE_MS - performance.now();
      if (pauseMs > 0 && isPressed()) {
        await sleep(pauseMs);
        continue;
      }
      claimedAt = performance.now();
      isWokenAgain = false;
      const limit = checksAtOnce - running.size;
      try {
        for (const check of await claimChecks(db, { limit, leaseSeconds: LEASE_SECONDS })) {
          start(check);
        }
      } catch (error) {
        logger.warn({ err: error }, 'no check could be claimed; trying again at the next poll');
      }
    }
  }

  function start(check: ClaimedCheck): void {
    const abort = new AbortController();
    const onChanged = () => listener.notify('qassandra_check_changed', check.id);
    const run = () => runCheck({ db, logger, runner, check, signal: abort.signal, onChanged });
    const observed = observers.reduce(
      (inner, { observeCheck }) =>
        () =>
          observeCheck(check, inner),
      run,
    );
    const ended = observed()
      .then(() => {})
      .catch((error: unknown) => {
        logger.info({ check_id: check.id, reason: String(error) }, 'check was let go of');
      })
      .finally(() => {
        running.delete(check.lease_token);
        wake();
      });
    running.set(check.lease_token, { check, abort, ended });
  }

  async function beat(): Promise<void> {
    if (running.size === 0) {
      return;
    }
    const leases = [...running.values()].map(({ check }) => check);
    const standing = await renewLeases(db, { leases, leaseSeconds: LEASE_SECONDS });
    for (const { lease_token } of leases.filter((check) => !standing.has(check.lease_token))) {
      running.get(lease_token)?.abort.abort(new Error('the check was cancelled or taken over'));
    }
  }

  const heartbeat = repeat(HEARTBEAT_MS, () =>
    beat().catch((error: unknown) => logger.warn({ err: error }, 'leases were not renewed; trying again')),
  );
  const poll = setInterval(wake, POLL_MS);
  listener.subscribe('qassandra_check_scheduled', wake);
  wake();

  return {
    async stop() {
      isStopping = true;
      clearInterval(poll);
      await claiming;
      const left = [...running.values()];
      for (const { abort } of left) {
        abort.abort(new Error('the server is stopping'));
      }
      await Promise.all(left.map(({ ended }) => ended));
      await heartbeat.stop();
      // A check that ended in spite of the abort has no lease any more, and is not released.
      // A check that cannot be released now is taken up when its lease has run out.
      for (const result of await Promise.allSettled(left.map(({ check }) => releaseCheck(db, check)))) {
        if (result.status === 'rejected') {
          logger.warn({ err: result.reason }, 'a check could not be handed over');
        }
      }
    },
  };
}

/** Calls `task` again and again, `milliseconds` after the last call has ended. */
function repeat(milliseconds: number, task: () => Promise<void>): { stop(): Promise<void> } {
  let isStopped = false;
  let current = Promise.resolve();
  let timer = setTimeout(tick, milliseconds);
  function tick(): void {
    current = task().finally(() => {
      if (!isStopped) {
        timer = setTimeout(tick, milliseconds);
      }
    });
  }
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
