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

/** How a check ended, or how far it is: by word and sign, the colour only repeats it. */
export function Conclusion({ check }: { readonly check: Pick<Check, 'status' | 'conclusion'> }) {
  const state = getState(check);
  return (
    <span className={`conclusion conclusion-${state}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {WORDS[state]}
    </span>
  );
}

export function getState({ status, conclusion }: Pick<Check, 'status' | 'conclusion'>): keyof typeof WORDS {
  return conclusion ?? (status === 'running' ? 'running' : 'scheduled');
}
