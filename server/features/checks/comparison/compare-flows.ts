import type { FlowResult } from '../schema.ts';

/** A flow that failed, by what tells whether it is the same failure in another check. */
export type FailedFlow = Pick<FlowResult, 'name' | 'cause'>;

/** How the flows of a check differ from those of its base. */
export interface FlowComparison {
  /** Fail now and did not in the base, or not for a cause that any flow had there. */
  readonly newlyFailed: readonly FlowResult[];
  /** Fail now and failed in the base. */
  readonly known: readonly FlowResult[];
  /** Failed in the base and pass now, as they failed. */
  readonly fixed: readonly FailedFlow[];
  /** Causes for which flows failed in the base. */
  readonly knownCauses: ReadonlySet<string>;
}

/**
 * Compares the flows of a check with what failed in its base, for the API, the dashboard and the action alike. A flow
 * that failed in the base may fail for another reason now. That is only known where both have a cause.
 */
export function compareFlows(
  flows: readonly FlowResult[],
  failedInBase: readonly FailedFlow[],
): FlowComparison {
  const before = new Map(failedInBase.map((flow) => [flow.name, flow]));
  const knownCauses = new Set(failedInBase.flatMap(({ cause }) => cause ?? []));
  const isNew = ({ name, cause }: FlowResult): boolean => {
    const then = before.get(name);
    return then === undefined || (then.cause !== null && cause !== null && !knownCauses.has(cause));
  };
  const failed = flows.filter(({ status }) => status === 'failed');
  const passed = new Set(flows.filter(({ status }) => status === 'passed').map(({ name }) => name));
  return {
    newlyFailed: failed.filter(isNew),
    known: failed.filter((flow) => !isNew(flow)),
    fixed: [...before.values()].filter(({ name }) => passed.has(name)),
    knownCauses,
  };
}
