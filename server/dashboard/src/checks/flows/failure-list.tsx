import { type ReactNode, useId, useState } from 'react';
import type { ComparedGroup } from '../../../../features/checks/comparison/compare-groups.ts';
import { MoreButton } from '../../ui/more-button.tsx';
import { FlowItem, FlowSign } from './flow-item.tsx';

/** Groups, and places of one group, that are shown at first. */
const MOST_GROUPS = 100;
const MOST_PLACES = 3;

interface FailureListProps {
  readonly title: string;
  readonly groups: readonly ComparedGroup[];
  readonly hint?: ReactNode;
  /** Whether the list is of what is new: then groups of which only some flows are say so. */
  readonly isNew?: boolean;
}

/** Failed flows, those of one cause together. */
export function FailureList({ title, groups, hint, isNew = false }: FailureListProps) {
  const id = useId();
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? groups : groups.slice(0, MOST_GROUPS);
  return (
    <section className="failures" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        {title} <span className="hint">{groups.length}</span>
      </h2>
      {hint && <p className="hint">{hint}</p>}
      <ul className="flows" id={id} aria-labelledby={`${id}-title`}>
        {shown.map((group) => (
          <FailureItem key={keyOf(group)} group={group} isNew={isNew} />
        ))}
      </ul>
      {groups.length > MOST_GROUPS && (
        <MoreButton
          controls={id}
          isWhole={isWhole}
          onToggle={() => setIsWhole(!isWhole)}
          text={`Show all ${groups.length} causes`}
        />
      )}
    </section>
  );
}

/** A failure without a cause is alone: its name tells it from others. */
export function keyOf({ flows: [first] }: ComparedGroup): string {
  return first.cause === null ? `flow ${first.name}` : `cause ${first.cause}`;
}

interface FailureItemProps {
  readonly group: ComparedGroup;
  readonly isNew: boolean;
}

function FailureItem({ group, isNew }: FailureItemProps) {
  const { flows, newFlows } = group;
  const [first, ...others] = flows;
  // Elsewhere the heading says it.
  const isMarked = newFlows > 0 && (!isNew || newFlows < flows.length);
  return others.length === 0 ? (
    <FlowItem flow={first} />
  ) : (
    <GroupItem flows={flows} mark={isMarked ? `, ${newFlows} of them new` : ''} />
  );
}

interface GroupItemProps extends Pick<ComparedGroup, 'flows'> {
  readonly mark: string;
}

/** Flows of one cause. */
function GroupItem({ flows, mark }: GroupItemProps) {
  const { cause } = flows[0];
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? flows : flows.slice(0, MOST_PLACES);
  return (
    <li className="flow flow-failed">
      <FlowSign status="failed" />
      <strong className="flow-name">{cause}</strong>
      <span className="hint">
        {flows.length} flows{mark}
      </span>
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
