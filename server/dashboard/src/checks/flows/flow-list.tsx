import { useMemo } from 'react';
import { compareFlows } from '../../../../features/checks/comparison/compare-flows.ts';
import type { Comparison, FlowResult } from '../../../../features/checks/schema.ts';
import { ComparedFailures } from './compared-failures.tsx';
import { FlowFold } from './flow-fold.tsx';

interface FlowListProps {
  readonly flows: readonly FlowResult[];
  /** `undefined` until it is there, and where it could not be read. */
  readonly comparison: Comparison | undefined;
}

/** The flows of a check: what failed, by what is new since the main branch; the others folded. */
export function FlowList({ flows, comparison }: FlowListProps) {
  const base = comparison?.base ?? undefined;
  const compared = useMemo(() => (base ? compareFlows(flows, base.failures) : undefined), [flows, base]);
  const fixed = new Set(compared?.fixed.map(({ name }) => name));
  const skipped = flows.filter(({ status }) => status === 'skipped');
  const passed = flows.filter(({ status }) => status === 'passed');
  return (
    <>
      {/* The key forgets the places of failures once they are compared. */}
      <ComparedFailures key={base?.id} flows={flows} comparison={comparison} compared={compared} />
      <div className="folds">
        {fixed.size > 0 && (
          <FlowFold
            title={`${fixed.size} fixed since ${comparison?.branch}`}
            what="fixed flows"
            flows={passed.filter(({ name }) => fixed.has(name))}
          />
        )}
        {skipped.length > 0 && (
          <FlowFold title={`${skipped.length} skipped`} what="skipped flows" flows={skipped} />
        )}
        {passed.length > 0 && (
          <FlowFold title={`${passed.length} passed`} what="passed flows" flows={passed} />
        )}
      </div>
    </>
  );
}
