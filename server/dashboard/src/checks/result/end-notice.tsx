import { useEffect, useState } from 'react';
import type { Check } from '../../../../features/checks/schema.ts';
import { Conclusion } from '../conclusion.tsx';
import { formatCounts } from '../describe-check.ts';

/** Announces the end of the check to people who opened the page before it. */
export function EndNotice({ check }: { readonly check: Check }) {
  const hasEnded = check.conclusion !== null;
  const [wasLive] = useState(!hasEnded);
  useEffect(() => {
    // The end of the check may have removed the button that had the focus.
    if (hasEnded && wasLive && document.activeElement === document.body) {
      document.querySelector('h1')?.focus({ preventScroll: true });
    }
  }, [hasEnded, wasLive]);
  return (
    <p role="status" className="visually-hidden">
      {hasEnded && wasLive && (
        <>
          The check has ended: <Conclusion check={check} />. {formatCounts(check.counts)}
        </>
      )}
    </p>
  );
}
