import { type FailedFlows, groupFailures } from '../../../server/features/checks/group-failures.ts';
import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { Comparison } from './contracts.ts';

/** One failure: the flows that failed for the same reason. */
export interface Failure {
  /** What the flows have in common, or the reason of the only one. */
  readonly reason: string;
  readonly flows: FailedFlows;
}

/** A failure beside the last check of the main branch. */
export interface ComparedFailure extends Failure {
  /** How many of its flows fail now and did not then. */
  readonly newFlows: number;
  /** Whether the main branch had nothing of it. */
  readonly isNew: boolean;
}

/** The failures among the flows, in the order of the check's page. */
export function listFailures(flows: readonly FlowResult[]): Failure[] {
  return groupFailures(flows).map((group) => ({ reason: describeReason(group), flows: group }));
}

/**
 * Groups the failed flows and compares them. New failures come first, then known ones in new places, so that a limit
 * does not cut them off.
 */
export function compareFailures(
  flows: readonly FlowResult[],
  comparison: Comparison | undefined,
): ComparedFailure[] {
  const failures = listFailures(flows).map((failure) => {
    const newFlows = failure.flows.filter(({ name }) => comparison?.newlyFailed.has(name)).length;
    const isKnown = failure.flows.length > 1 && comparison?.knownCauses.has(failure.reason) === true;
    return { ...failure, newFlows, isNew: newFlows === failure.flows.length && !isKnown };
  });
  return [
    ...failures.filter(({ isNew }) => isNew),
    ...failures.filter(({ isNew, newFlows }) => !isNew && newFlows > 0),
    ...failures.filter(({ newFlows }) => newFlows === 0),
  ];
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
