import type { Comparison } from '../core/contracts.ts';
import { type ComparedFailure, groupFixed } from '../core/failures.ts';
import { countOf, listSome } from '../lib/text.ts';

/** How many fixed failures are named. */
const NAMED_FIXED = 10;

/** How a kind of output writes text from outside, and emphasizes. */
export interface Markup {
  text(value: string): string;
  strong(value: string): string;
}

/** Says what changed since the main branch, which is probably the reader's own change: `1 new failure; fixed: GET /a`. */
export function describeComparison(
  failures: readonly ComparedFailure[],
  comparison: Comparison,
  { text, strong }: Markup,
): string {
  const fixed = nameFixed(comparison);
  const added = failures.filter(({ isNew }) => isNew).length;
  const spread = failures.filter(({ isNew, newFlows }) => !isNew && newFlows > 0);
  const known = failures.length - added - spread.length;
  const flows = spread.reduce((sum, { newFlows }) => sum + newFlows, 0);
  const parts = [
    added === 0 ? undefined : strong(countOf(added, 'new failure')),
    added === 0 && spread.length === 0 ? 'nothing new fails' : undefined,
    spread.length === 0
      ? undefined
      : strong(`${countOf(spread.length, 'known failure')} in ${countOf(flows, 'more flow')}`),
    known === 0 ? undefined : `${known} that failed there too`,
    fixed.length === 0 ? undefined : `fixed: ${listSome(fixed.map(text), NAMED_FIXED)}`,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

function nameFixed(comparison: Comparison): string[] {
  return groupFixed(comparison).map(([first, ...others]) =>
    others.length === 0 ? first.name : `${first.cause} (${countOf(others.length + 1, 'flow')})`,
  );
}
