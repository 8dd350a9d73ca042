import type { FailedFlows } from '../group-failures.ts';
import type { FlowComparison } from './compare-flows.ts';

/** Flows that failed for one reason, beside the base of their check. */
export interface ComparedGroup {
  readonly flows: FailedFlows;
  /** How many of them fail now and did not in the base. */
  readonly newFlows: number;
  /** Whether the base had nothing of it. */
  readonly isNew: boolean;
}

/**
 * Compares groups of failures, for the dashboard and the action alike. New ones come first, then known ones in new
 * places. Without a comparison nothing is new.
 */
export function compareGroups(
  groups: readonly FailedFlows[],
  comparison: FlowComparison | undefined,
): ComparedGroup[] {
  const newlyFailed = new Set(comparison?.newlyFailed);
  const compared = groups.map((flows) => {
    const newFlows = flows.filter((flow) => newlyFailed.has(flow)).length;
    const [{ cause }] = flows;
    // One page alone says nothing about a known cause in new places: it may be the only one left.
    const isKnown = flows.length > 1 && cause !== null && comparison?.knownCauses.has(cause) === true;
    return { flows, newFlows, isNew: newFlows === flows.length && !isKnown };
  });
  return [
    ...compared.filter(({ isNew }) => isNew),
    ...compared.filter(({ isNew, newFlows }) => !isNew && newFlows > 0),
    ...compared.filter(({ newFlows }) => newFlows === 0),
  ];
}
