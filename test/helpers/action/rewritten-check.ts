import type { FaultRule } from '../network/fault-proxy.ts';

export interface ShownFlow {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly error?: string | null;
  readonly cause?: string | null | undefined;
}

/**
 * Changes what the server says about a check, whenever it is read. For what no real site makes it say. An ended check
 * with failed flows has the conclusion that goes with them.
 */
export function rewriteCheck(changes: object): FaultRule {
  const body = (real: string): string => {
    const check = { ...JSON.parse(real), ...changes };
    const isFailure = check.conclusion === 'success' && check.counts.failed > 0;
    return JSON.stringify({ ...check, conclusion: isFailure ? 'failure' : check.conclusion });
  };
  return { on: /^GET .*\/checks\//, repeats: true, faults: [{ kind: 'rewrite', body }] };
}

/** The flows of a check and their counts. Each flow took 1,234 ms. */
export function showFlows(flows: readonly ShownFlow[]) {
  const count = (wanted: string) => flows.filter(({ status }) => status === wanted).length;
  return {
    flows: flows.map((flow) => ({ error: null, cause: null, ...flow, duration_ms: 1234 })),
    counts: {
      total: flows.length,
      passed: count('passed'),
      failed: count('failed'),
      skipped: count('skipped'),
    },
  };
}
