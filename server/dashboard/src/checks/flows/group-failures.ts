import type { FlowResult } from '../../../../features/checks/schema.ts';

/** Flows that failed for the same reason. */
export interface FailureGroup {
  readonly cause: string;
  /** In the order in which they ended. */
  readonly flows: readonly FlowResult[];
}

/** The failed flows by cause: the cause with the most flows first, among equals the one that was met first. */
export function groupFailures(flows: readonly FlowResult[]): FailureGroup[] {
  const groups = new Map<string, FlowResult[]>();
  for (const flow of flows) {
    if (flow.status === 'failed') {
      // A check of an older server has no causes: each of its failures stands alone.
      const cause = flow.cause ?? `${flow.name} ${flow.error}`;
      const group = groups.get(cause);
      if (group === undefined) {
        groups.set(cause, [flow]);
      } else {
        group.push(flow);
      }
    }
  }
  return [...groups]
    .map(([cause, failed]) => ({ cause, flows: failed }))
    .sort((a, b) => b.flows.length - a.flows.length);
}
