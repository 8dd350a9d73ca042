import type { Logger } from 'pino';
import type { Listener } from '../../../db/listener.ts';
import type { Queryable } from '../../../db/pool.ts';
import { type Runner, RunnerLostError } from '../../../runner/contract.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { ClaimedCheck } from '../sql/claim-checks.ts';
import { releaseCheck } from '../sql/release-check.ts';
import { renewLeases } from '../sql/renew-leases.ts';
import type { CheckObserver } from './check-observer.ts';
import { runCheck } from './run-check.ts';

export interface RunningChecksOptions {
  readonly db: Queryable;
  readonly listener: Listener;
  readonly runner: Runner;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
  readonly observers: readonly CheckObserver[];
  /** How long a renewed lease lasts. */
  readonly leaseSeconds: number;
  /** Called when a check has ended, so that another one can be claimed. */
  readonly onFree: () => void;
}

/** The checks that this process runs and holds the leases of. */
export interface RunningChecks {
  list(): readonly ClaimedCheck[];
  start(check: ClaimedCheck): void;
  /** Aborts all checks and releases them to other processes, or to this one's next start. */
  release(): Promise<void>;
}

/** How often all leases are renewed. Also how soon a worker notices that its check was cancelled. */
const HEARTBEAT_MS = 1_000;

interface RunningCheck {
  readonly check: ClaimedCheck;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** Runs claimed checks and renews their leases until they have ended. */
export function startRunningChecks({
  db,
  listener,
  runner,
  secretBox,
  logger,
  observers,
  leaseSeconds,
  onFree,
}: RunningChecksOptions): RunningChecks {
  const running = new Map<string, RunningCheck>();

  function start(check: ClaimedCheck): void {
    const abort = new AbortController();
    const onChanged = () => listener.notify('qassandra_check_changed', check.id);
    const run = () => runCheck({ db, logger, runner, secretBox, check, signal: abort.signal, onChanged });
    const observed = observers.reduce(
      (inner, { observeCheck }) =>
        () =>
          observeCheck(check, inner),
      run,
    );
    const ended = observed()
      .then(() => {})
      .catch(async (error: unknown) => {
        logger.info({ check_id: check.id, reason: String(error) }, 'check released');
        if (error instanceof RunnerLostError) {
          // Counts as an attempt, so that a check which ends its process each time is not run for ever.
          await tryToRelease(check, { countsAttempt: true });
        }
      })
      .finally(() => {
        running.delete(check.lease_token);
        onFree();
      });
    running.set(check.lease_token, { check, abort, ended });
  }

  async function tryToRelease(check: ClaimedCheck, options: { countsAttempt: boolean }): Promise<void> {
    await releaseCheck(db, check, options).catch((error: unknown) => {
      logger.warn({ err: error }, 'a check could not be released');
    });
  }

  async function beat(): Promise<void> {
    if (running.size === 0) {
      return;
    }
    const leases = [...running.values()].map(({ check }) => check);
    const standing = await renewLeases(db, { leases, leaseSeconds });
    for (const { lease_token } of leases.filter((check) => !standing.has(check.lease_token))) {
      running.get(lease_token)?.abort.abort(new Error('the check was cancelled or taken over'));
    }
  }

  const heartbeat = repeat(HEARTBEAT_MS, () =>
    beat().catch((error: unknown) =>
      logger.warn({ err: error }, 'leases could not be renewed; trying again'),
    ),
  );

  return {
    list: () => [...running.values()].map(({ check }) => check),
    start,
    async release() {
      const left = [...running.values()];
      for (const { abort } of left) {
        abort.abort(new Error('the server is stopping'));
      }
      await Promise.all(left.map(({ ended }) => ended));
      await heartbeat.stop();
      // A check that ended in spite of the abort no longer has a lease, and is not released.
      // A check that cannot be released now is taken over when its lease has run out.
      await Promise.all(left.map(({ check }) => tryToRelease(check, { countsAttempt: false })));
    },
  };
}

/** Calls `task` repeatedly, `milliseconds` after the last call has ended. */
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
