import type { Counts, FlowResult } from './schema.ts';

export function countFlows(flows: readonly FlowResult[]): Counts {
  const count = (status: FlowResult['status']) => flows.filter((flow) => flow.status === status).length;
  return { total: flows.length, passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}
