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

type StatedCheck = Pick<Check, 'status' | 'conclusion' | 'incomplete'>;

/** `✕ Failed`, where there is only text. */
export function describeState(check: StatedCheck): string {
  const state = getCheckState(check);
  return `${SIGNS[state]} ${WORDS[state]}`;
}

export function getStateWord(check: StatedCheck): string {
  return WORDS[getCheckState(check)];
}

/** The state of a check, as a word and a sign. The colour only repeats it. */
export function Conclusion({ check }: { readonly check: StatedCheck }) {
  const state = getCheckState(check);
  return (
    <span className={`conclusion conclusion-${state}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {WORDS[state]}
    </span>
  );
}
