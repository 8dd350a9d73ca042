import type { FailedFlow } from '../../../server/features/checks/comparison/compare-flows.ts';
import {
  type ComparedGroup,
  compareGroups,
} from '../../../server/features/checks/comparison/compare-groups.ts';
import {
  type FailedFlows,
  type Flows,
  groupByCause,
  groupFailures,
} from '../../../server/features/checks/group-failures.ts';
import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { Comparison } from './contracts.ts';

/** One failure: the flows that failed for the same reason. */
export interface Failure {
  /** What the flows have in common, or the reason of the only one. */
  readonly reason: string;
  readonly flows: FailedFlows;
}

/** A failure beside the last check of the main branch. */
export type ComparedFailure = Failure & ComparedGroup;

/** The failures among the flows, in the order of the check's page. */
export function listFailures(flows: readonly FlowResult[]): Failure[] {
  return groupFailures(flows).map((group) => ({ reason: describeReason(group), flows: group }));
}

/** Groups the failed flows and compares them. New failures come first, so that a limit does not cut them off. */
export function compareFailures(
  flows: readonly FlowResult[],
  comparison: Comparison | undefined,
): ComparedFailure[] {
  return compareGroups(groupFailures(flows), comparison).map((group) => ({
    ...group,
    reason: describeReason(group.flows),
  }));
}

/** Groups the flows that pass again as they failed. */
export function groupFixed({ fixed }: Comparison): Flows<FailedFlow>[] {
  return groupByCause(fixed);
}

/** Marks a failure of which something is new: `new`, or `2 new` if only these flows are. */
export function markNew({ flows, newFlows }: ComparedFailure): string | undefined {
  if (newFlows === 0) {
    return undefined;
  }
  return newFlows === flows.length ? 'new' : `${newFlows} new`;
}

function describeReason([first, ...others]: FailedFlows): string {
  const [preferred, other] = others.length > 0 ? [first.cause, first.error] : [first.error, first.cause];
  return preferred ?? other ?? 'no reason given';
}
