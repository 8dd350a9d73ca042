import type { Check } from '../../../features/checks/schema.ts';

const WORDS = {
  success: 'Passed',
  failure: 'Failed',
  error: 'Could not run',
  cancelled: 'Cancelled',
  scheduled: 'Waiting to start',
  running: 'Running',
} as const;

const SIGNS = {
  success: '✓',
  failure: '✕',
  error: '!',
  cancelled: '–',
  scheduled: '○',
  running: '◌',
} as const;

/** The state of a check, as a word and a sign. The colour only repeats it. */
export function Conclusion({ check }: { readonly check: Pick<Check, 'status' | 'conclusion'> }) {
  const state = getState(check);
  return (
    <span className={`conclusion conclusion-${state}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {WORDS[state]}
    </span>
  );
}

function getState({ status, conclusion }: Pick<Check, 'status' | 'conclusion'>): keyof typeof WORDS {
  return conclusion ?? (status === 'running' ? 'running' : 'scheduled');
}
