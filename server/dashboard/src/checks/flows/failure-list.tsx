import { useState } from 'react';
import { type FailedFlows, groupFailures } from '../../../../features/checks/group-failures.ts';
import type { FlowResult } from '../../../../features/checks/schema.ts';
import { MoreButton } from '../../ui/more-button.tsx';
import { FlowItem, FlowSign } from './flow-item.tsx';

/** Groups, and places of one group, that are shown at first. */
const MOST_GROUPS = 100;
const MOST_PLACES = 3;

/** The failed flows of a check, those of one cause together. */
export function FailureList({ flows }: { readonly flows: readonly FlowResult[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const groups = groupFailures(flows);
  const shown = isWhole ? groups : groups.slice(0, MOST_GROUPS);
  return (
    <>
      <ul className="flows" id="failures" aria-label="Failed flows">
        {shown.map((group, place) => {
          const [first, ...others] = group;
          // Groups change places while the check runs. A failure without a cause is alone, and has no state to keep.
          const key = first.cause ?? place;
          return others.length === 0 ? (
            <FlowItem key={key} flow={first} />
          ) : (
            <GroupItem key={key} flows={group} />
          );
        })}
      </ul>
      {groups.length > MOST_GROUPS && (
        <MoreButton
          controls="failures"
          isWhole={isWhole}
          onToggle={() => setIsWhole(!isWhole)}
          text={`Show all ${groups.length} causes`}
        />
      )}
    </>
  );
}

/** Flows of one cause. */
function GroupItem({ flows }: { readonly flows: FailedFlows }) {
  const { cause } = flows[0];
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? flows : flows.slice(0, MOST_PLACES);
  return (
    <li className="flow flow-failed">
      <FlowSign status="failed" />
      <strong className="flow-name">{cause}</strong>
      <span className="hint">{flows.length} flows</span>
      <ul className="places">
        {shown.map((flow, place) => (
          // A flow has no id, and two may have the same name.
          // biome-ignore lint/suspicious/noArrayIndexKey: The server only adds at the end.
          <li key={place}>
            {flow.name}
            {flow.error !== cause && <span className="hint"> {flow.error}</span>}
          </li>
        ))}
        {flows.length > MOST_PLACES && (
          <li>
            <button
              type="button"
              className="link-button"
              aria-expanded={isWhole}
              onClick={() => setIsWhole(!isWhole)}
            >
              {isWhole ? 'Show fewer' : `and ${flows.length - MOST_PLACES} more`}
              <span className="visually-hidden"> flows: {cause}</span>
            </button>
          </li>
        )}
      </ul>
    </li>
  );
}
