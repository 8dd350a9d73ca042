import { useId, useState } from 'react';
import type { FlowResult } from '../../../../features/checks/schema.ts';
import { MoreButton } from '../../ui/more-button.tsx';
import { FlowItem } from './flow-item.tsx';

interface FlowFoldProps {
  readonly title: string;
  /** Names the flows: `passed flows`. */
  readonly what: string;
  readonly flows: readonly FlowResult[];
}

/** Flows that are shown at first. Thousands would slow the page. */
const MOST_AT_FIRST = 100;
/** How many a press of the button adds. */
const STEP = 500;

/** Flows that did not fail, as their number until somebody opens it. */
export function FlowFold({ title, what, flows }: FlowFoldProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="fold" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && <CutList what={what} flows={flows} />}
    </details>
  );
}

function CutList({ what, flows }: Omit<FlowFoldProps, 'title'>) {
  const id = useId();
  const [most, setMost] = useState(MOST_AT_FIRST);
  const left = Math.max(0, flows.length - most);
  return (
    <>
      <ul className="flows" id={id} aria-label={what}>
        {flows.slice(0, most).map((flow, place) => (
          // A flow has no id, and two may have the same name.
          // biome-ignore lint/suspicious/noArrayIndexKey: The server only adds at the end.
          <FlowItem key={place} flow={flow} />
        ))}
      </ul>
      {flows.length > MOST_AT_FIRST && (
        <MoreButton
          controls={id}
          isWhole={left === 0}
          onToggle={() => setMost(left === 0 ? MOST_AT_FIRST : most + STEP)}
          text={`Show ${Math.min(left, STEP)} more of ${left}`}
        />
      )}
    </>
  );
}
