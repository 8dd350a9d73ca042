import { useState } from 'react';
import type { Check } from '../../../../features/checks/schema.ts';

/** Says why a check that runs has done less than before: it started anew. */
export function RestartNotice({ progress }: { readonly progress: Check['progress'] }) {
  const done = progress?.done ?? 0;
  const [lastDone, setLastDone] = useState(done);
  const [hasFallen, setHasFallen] = useState(false);
  if (progress && done !== lastDone) {
    setLastDone(done);
    setHasFallen(hasFallen || done < lastDone);
  }
  return (
    // Rendered while empty: screen readers announce only what is added to a region that is there.
    <div role="status" className="said">
      {progress && describeRestart(progress, hasFallen)}
    </div>
  );
}

/** A server that stops hands its checks over. That counts as no attempt, so only a page that was open knows of it. */
function describeRestart(
  { attempt, max_attempts: most }: NonNullable<Check['progress']>,
  hasFallen: boolean,
): string | undefined {
  if (attempt > 1) {
    return `The runner was lost; the check started again, try ${attempt} of ${most}.`;
  }
  return hasFallen ? 'The runner was stopped; the check started again.' : undefined;
}
