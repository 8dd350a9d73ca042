import type { Check } from '../../../features/checks/schema.ts';

/** What the check did not look at, or only in part. */
export function CheckWarnings({ check }: { readonly check: Pick<Check, 'incomplete' | 'warnings'> }) {
  const { incomplete, warnings } = check;
  if (incomplete === null && warnings.length === 0) {
    return null;
  }
  return (
    <section className="section" aria-label="What was not looked at">
      {incomplete !== null && (
        <p className="notice notice-warn">
          <strong>Incomplete.</strong> {incomplete.message}
        </p>
      )}
      {warnings.length > 0 && (
        <ul className="warnings">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
