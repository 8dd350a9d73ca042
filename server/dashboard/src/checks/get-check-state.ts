import type { Check } from '../../../features/checks/schema.ts';

export type CheckState = NonNullable<Check['conclusion']> | 'incomplete' | 'running' | 'scheduled';

/** What a person calls the state of a check. A check that passed what it looked at, and left something out, is not green. */
export function getCheckState({
  status,
  conclusion,
  incomplete,
}: Pick<Check, 'status' | 'conclusion' | 'incomplete'>): CheckState {
  if (conclusion === 'success' && incomplete !== null) {
    return 'incomplete';
  }
  return conclusion ?? (status === 'running' ? 'running' : 'scheduled');
}
