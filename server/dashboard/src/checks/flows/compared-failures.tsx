import { useMemo, useState } from 'react';
import type { FlowComparison } from '../../../../features/checks/comparison/compare-flows.ts';
import { type ComparedGroup, compareGroups } from '../../../../features/checks/comparison/compare-groups.ts';
import { groupFailures } from '../../../../features/checks/group-failures.ts';
import type { Comparison, FlowResult } from '../../../../features/checks/schema.ts';
import { WebLink } from '../../ui/web-link.tsx';
import { FailureList, keyOf } from './failure-list.tsx';

interface ComparedFailuresProps {
  readonly flows: readonly FlowResult[];
  readonly comparison: Comparison | undefined;
  /** `undefined` where there is no base to compare with. */
  readonly compared: FlowComparison | undefined;
}

/** The failures by cause: those that are new since the main branch, then those that are known there. */
export function ComparedFailures({ flows, comparison, compared }: ComparedFailuresProps) {
  const groups = useMemo(() => compareGroups(groupFailures(flows), compared), [flows, compared]);
  const { first, second } = usePlaces(groups);
  if (groups.length === 0) {
    return null;
  }
  if (!comparison?.base) {
    return (
      <FailureList
        title="Failed"
        groups={[...first, ...second]}
        hint={comparison && `No earlier check of ${comparison.branch} to compare with.`}
      />
    );
  }
  const { branch, base } = comparison;
  const lastCheck = <WebLink to={base.url}>the check of {branch} before it</WebLink>;
  return (
    <>
      {first.length > 0 && (
        <FailureList title={`New since ${branch}`} groups={first} hint={<>Not in {lastCheck}.</>} isNew />
      )}
      {second.length > 0 && (
        <FailureList title={`Known on ${branch}`} groups={second} hint={<>In {lastCheck} too.</>} />
      )}
    </>
  );
}

type Section = 'first' | 'second';

/**
 * Keeps each failure in the place where it was first shown, so that nothing moves under the reader while the check runs
 * and when it ends.
 */
function usePlaces(groups: readonly ComparedGroup[]): Readonly<Record<Section, ComparedGroup[]>> {
  const [places] = useState(() => new Map<string, { readonly at: number; readonly section: Section }>());
  const placed = groups.map((group) => {
    const key = keyOf(group);
    const place = places.get(key) ?? {
      at: places.size,
      section: group.newFlows > 0 ? ('first' as const) : ('second' as const),
    };
    // The same in every render, so it does no harm that a render writes it.
    places.set(key, place);
    return { group, ...place };
  });
  const pick = (section: Section) =>
    placed
      .filter((one) => one.section === section)
      .sort((one, other) => one.at - other.at)
      .map(({ group }) => group);
  return { first: pick('first'), second: pick('second') };
}
