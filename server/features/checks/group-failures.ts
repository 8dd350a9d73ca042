import type { FlowResult } from './schema.ts';

/** Flows that failed for the same reason, in the order in which they ended. */
export type FailedFlows = readonly [FlowResult, ...FlowResult[]];

/**
 * Groups the failed flows by their cause, for the dashboard and the action alike: the cause with the most flows is
 * first, and among equals the first in the list.
 */
export function groupFailures(flows: readonly FlowResult[]): FailedFlows[] {
  const groups = new Map<string | FlowResult, [FlowResult, ...FlowResult[]]>();
  for (const flow of flows) {
    if (flow.status !== 'failed') {
      continue;
    }
    // Without a cause, flows cannot be grouped.
    const key = flow.cause ?? flow;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [flow]);
    } else {
      group.push(flow);
    }
  }
  return [...groups.values()].sort((one, other) => other.length - one.length);
}
