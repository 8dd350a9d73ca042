import type { Queryable } from '../../../db/pool.ts';
import {
  CHOOSE_CHECKS,
  DROP_PROGRESS,
  LEASE_CHECKS,
  LIST_EARLIER_APPS,
  LIST_ENTRIES,
  LIST_LATER_APPS,
  LOCK_CHECKS,
  MOST_CLAIMED,
  RANK_APPS,
  RANK_CHECKS,
  SELECT_CLAIMED,
  SET_CAPS,
} from './claim-steps.ts';

/** A check that this process may run as long as it renews the lease. */
export interface ClaimedCheck {
  readonly id: string;
  readonly app_id: string;
  readonly organization_id: string;
  readonly target_url: string;
  readonly discover_flows: boolean;
  /** Whether there are settings to read: those of its app, or the ones that it tries. */
  readonly has_settings: boolean;
  readonly lease_token: string;
  /** How often the check was started, this time included. */
  readonly attempts: number;
}

/** The app and the organization of a check. */
export type CheckOwner = Pick<ClaimedCheck, 'app_id' | 'organization_id'>;

export interface Claim {
  /** The number of wanted checks. At most 8 are claimed. */
  readonly limit: number;
  readonly leaseSeconds: number;
  /** The checks that the process already runs. */
  readonly running: readonly CheckOwner[];
  /** How many checks the process can run at the same time. */
  readonly checksAtOnce: number;
  /** The app after which to start looking: `lastAppId` of the claim before. */
  readonly afterAppId: string;
  /** The apps and organizations that the process served before, the last one first. Among equals, they come last. */
  readonly served: readonly CheckOwner[];
}

export interface Claimed {
  readonly checks: readonly ClaimedCheck[];
  /** Whether other processes were claiming the same checks, so that fewer were claimed than there are. */
  readonly isContended: boolean;
  /** The last app that was looked at; `null` if all were. */
  readonly lastAppId: string | null;
}

interface ClaimRow extends Omit<ClaimedCheck, 'id'> {
  readonly id: string | null;
  readonly last_app_id: string | null;
  readonly is_contended: boolean;
}

const TEXT = `
  with recursive later as (${LIST_LATER_APPS}),
  earlier as (${LIST_EARLIER_APPS}),
  caps as (${SET_CAPS}),
  entries as (${LIST_ENTRIES}),
  next_apps as (${RANK_APPS}),
  candidates as (${RANK_CHECKS}),
  locked as (${LOCK_CHECKS}),
  chosen as (${CHOOSE_CHECKS}),
  claimed as (${LEASE_CHECKS}),
  dropped as (${DROP_PROGRESS})
  ${SELECT_CLAIMED}`;

/**
 * Takes checks that are due: scheduled ones, and running ones whose worker let its lease run out. First come the
 * organizations with the fewest running checks in all processes, then their apps with the fewest, then the check
 * that has waited longest. Among equals, the process alternates. No app takes all slots of a process, and no
 * organization does where there are several, so that a flood of slow checks leaves a slot for others. The time of a
 * claim depends on the number of apps with checks in the queue, up to 100, and not on the number of their checks.
 *
 * Drops the flows of an earlier attempt, since the check starts again. A worker that saves at this moment may
 * leave rows of progress that this statement does not see; its lease tells readers to ignore them.
 */
export async function claimChecks(db: Queryable, claim: Claim): Promise<Claimed> {
  const rows = await db.query<ClaimRow>({
    name: 'claim-checks',
    text: TEXT,
    values: [
      Math.min(claim.limit, MOST_CLAIMED),
      claim.leaseSeconds,
      ...toColumns(claim.running),
      claim.checksAtOnce,
      claim.afterAppId,
      ...toColumns(claim.served),
    ],
  });
  return {
    checks: rows.flatMap(({ id, last_app_id, is_contended, ...check }) =>
      id === null ? [] : [{ ...check, id }],
    ),
    isContended: rows[0]?.is_contended ?? false,
    lastAppId: rows[0]?.last_app_id ?? null,
  };
}

function toColumns(owners: readonly CheckOwner[]): string[][] {
  return [owners.map(({ app_id }) => app_id), owners.map(({ organization_id }) => organization_id)];
}
