import type { ReactNode } from 'react';

export interface Step {
  readonly title: string;
  readonly isDone: boolean;
  /** What to do next, of a step that is open. */
  readonly action?: ReactNode;
}

/** The first steps of an app. */
export const STEP_TITLES = [
  'Add the app',
  'Store its API key in CI',
  'Run the first check from CI',
  'Check a pull request before it is merged',
] as const;

/** Steps of which some are done. */
export function StepList({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol className="step-list">
      {steps.map(({ title, isDone, action }) => (
        <li key={title} className={isDone ? 'step step-done' : 'step'}>
          <span className="step-sign" aria-hidden="true">
            {isDone ? '✓' : '○'}
          </span>
          <span>
            {title}
            <span className="visually-hidden">{isDone ? ': done' : ': open'}</span>
          </span>
          {!isDone && action && <span className="step-action">{action}</span>}
        </li>
      ))}
    </ol>
  );
}
