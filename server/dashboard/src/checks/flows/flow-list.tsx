import { useState } from 'react';
import type { FlowResult } from '../../../../features/checks/schema.ts';
import { MoreButton } from '../../ui/more-button.tsx';
import { FailureList } from './failure-list.tsx';
import { FlowItem } from './flow-item.tsx';

/** Flows that did not fail and are shown at first. A few hundred would hide what matters, and slow the page. */
const MOST_AT_FIRST = 50;

/** The flows of a check: failed ones by cause, then skipped ones, then those that passed. */
export function FlowList({ flows }: { readonly flows: readonly FlowResult[] }) {
  const others = ['skipped', 'passed'].flatMap((status) => flows.filter((flow) => flow.status === status));
  return (
    <>
      {others.length < flows.length && <FailureList flows={flows} />}
      {others.length > 0 && <OtherFlows flows={others} />}
    </>
  );
}

function OtherFlows({ flows }: { readonly flows: readonly FlowResult[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? flows : flows.slice(0, MOST_AT_FIRST);
  return (
    <>
      <ul className="flows" id="flows" aria-label="Other flows">
        {shown.map((flow, place) => (
          // A flow has no id, and two may have the same name.
          // biome-ignore lint/suspicious/noArrayIndexKey: The server only adds at the end.
          <FlowItem key={place} flow={flow} />
        ))}
      </ul>
      {flows.length > MOST_AT_FIRST && (
        <MoreButton
          controls="flows"
          isWhole={isWhole}
          onToggle={() => setIsWhole(!isWhole)}
          text={`Show all ${flows.length} passed and skipped flows`}
        />
      )}
    </>
  );
}
