import type { Check } from '../../../features/checks/schema.ts';
import { type CheckState, getCheckState } from './get-check-state.ts';

const WORDS: Readonly<Record<CheckState, string>> = {
  success: 'Passed',
  incomplete: 'Incomplete',
  failure: 'Failed',
  error: 'Could not run',
  cancelled: 'Cancelled',
  scheduled: 'Waiting to start',
  running: 'Running',
};

const SIGNS: Readonly<Record<CheckState, string>> = {
  success: '✓',
  incomplete: '◐',
  failure: '✕',
  error: '!',
  cancelled: '–',
  scheduled: '○',
  running: '◌',
};

type Concluded = Pick<Check, 'status' | 'conclusion' | 'incomplete'>;

export function getStateWord(check: Concluded): string {
  return WORDS[getCheckState(check)];
}

/** The state of a check, as a word and a sign. The colour only repeats it. */
export function Conclusion({ check }: { readonly check: Concluded }) {
  const state = getCheckState(check);
  return (
    <span className={`conclusion conclusion-${state}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {WORDS[state]}
    </span>
  );
}
