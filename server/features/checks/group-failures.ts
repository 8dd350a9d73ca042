import type { FlowResult } from './schema.ts';

/** At least one flow. */
export type Flows<Flow> = readonly [Flow, ...Flow[]];

/** Flows that failed for the same reason, in the order in which they ended. */
export type FailedFlows = Flows<FlowResult>;

/** Groups the failed flows by their cause, for the dashboard and the action alike. */
export function groupFailures(flows: readonly FlowResult[]): FailedFlows[] {
  return groupByCause(flows.filter(({ status }) => status === 'failed'));
}

/**
 * Groups flows that failed: the cause with the most flows is first, and among equals that which was met first. Without a
 * cause nothing says that two flows failed for the same reason.
 */
export function groupByCause<Flow extends Pick<FlowResult, 'cause'>>(flows: readonly Flow[]): Flows<Flow>[] {
  const groups = new Map<string | Flow, [Flow, ...Flow[]]>();
  for (const flow of flows) {
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
