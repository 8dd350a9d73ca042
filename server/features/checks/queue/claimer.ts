import { randomUUID } from 'node:crypto';
import type { Queryable } from '../../../db/pool.ts';
import { type CheckOwner, type ClaimedCheck, claimChecks } from '../sql/claim-checks.ts';
import { MOST_CLAIMED } from '../sql/claim-steps.ts';
import type { RunningChecks } from './running-checks.ts';

export interface ClaimerOptions {
  readonly db: Queryable;
  readonly running: Pick<RunningChecks, 'list'>;
  readonly checksAtOnce: number;
  readonly leaseSeconds: number;
}

export interface ClaimerAnswer {
  readonly checks: readonly ClaimedCheck[];
  /**
   * When to claim again if slots are left: at once if there may be more to claim; after a pause if the same checks
   * were locked twice; otherwise when something new is due.
   */
  readonly again: 'at once' | 'after a pause' | 'when woken';
}

/** Claims checks for the free slots of a process. */
export interface Claimer {
  /** Starts a new round: every app that has checks in the queue is looked at again. */
  startRound(): void;
  claim(): Promise<ClaimerAnswer>;
  /** How long to wait before the next round: see `REST`. */
  restMs(): number;
}

/** For this many last checks, remember their app and organization. */
const SERVED_KEPT = 16;
/**
 * After a round of several claims that found nothing, rest this many times as long as it took. While many apps flood
 * in, and have all the slots that they may have, each of their triggers would start such a round.
 */
const REST = 4;
const LONGEST_REST_MS = 500;

/**
 * A claim looks at some apps and the next claim at those after them, so that none is left out however many there are.
 * Each process starts somewhere else.
 */
export function createClaimer({ db, running, checksAtOnce, leaseSeconds }: ClaimerOptions): Claimer {
  let afterAppId: string = randomUUID();
  let round = { from: afterAppId, startedAt: 0, hasFound: false };
  let restUntil = 0;
  let contendedInARow = 0;
  let served: readonly CheckOwner[] = [];

  async function claim(): Promise<ClaimerAnswer> {
    const held = running.list();
    const limit = checksAtOnce - held.length;
    const most = Math.min(limit, MOST_CLAIMED);
    const slots = { limit, running: held, checksAtOnce };
    const claimed = await claimChecks(db, { ...slots, leaseSeconds, afterAppId, served });
    const { checks, isContended, lastAppId } = claimed;
    served = [...checks.toReversed(), ...served].slice(0, SERVED_KEPT);
    round.hasFound ||= checks.length > 0;
    contendedInARow = isContended ? contendedInARow + 1 : 0;
    if (contendedInARow === 1) {
      // Look at the same apps again: another process has taken some of their checks.
      return { checks, again: 'at once' };
    }
    const isRoundOver = lastAppId === null || isPassed(round.from, { from: afterAppId, to: lastAppId });
    if (lastAppId !== null) {
      afterAppId = lastAppId;
      const now = performance.now();
      restUntil = round.hasFound ? 0 : now + Math.min(REST * (now - round.startedAt), LONGEST_REST_MS);
    }
    if (contendedInARow > 1) {
      return { checks, again: 'after a pause' };
    }
    return { checks, again: isRoundOver && checks.length < most ? 'when woken' : 'at once' };
  }

  return {
    startRound() {
      round = { from: afterAppId, startedAt: performance.now(), hasFound: false };
    },
    claim,
    restMs: () => restUntil - performance.now(),
  };
}

/** Whether an app is between two others in the circle of apps. */
function isPassed(appId: string, { from, to }: { readonly from: string; readonly to: string }): boolean {
  return from < to ? from < appId && appId <= to : from < appId || appId <= to;
}
