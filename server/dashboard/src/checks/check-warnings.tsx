import { Link } from 'react-router';
import type { Check } from '../../../features/checks/schema.ts';

interface CheckWarningsProps {
  readonly check: Pick<Check, 'incomplete' | 'warnings'>;
  /** Its id or alias, as in the address. */
  readonly app: string;
}

/** What the check did not look at, or only in part. */
export function CheckWarnings({ check, app }: CheckWarningsProps) {
  const { incomplete, warnings } = check;
  if (incomplete === null && warnings.length === 0) {
    return null;
  }
  return (
    <section className="section" aria-label="What was not looked at">
      {incomplete !== null && (
        <p className="notice notice-warn">
          <span>
            <strong>Incomplete.</strong> {incomplete.message}
          </span>
        </p>
      )}
      {warnings.length > 0 && (
        <ul className="warnings">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <p className="hint">
        How much is looked at: <Link to={`/apps/${app}/settings`}>check settings</Link>
      </p>
    </section>
  );
}
