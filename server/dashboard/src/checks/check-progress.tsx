import { useCallback } from 'react';
import type { Check } from '../../../features/checks/schema.ts';
import { useClock } from '../ui/clock.ts';
import { formatDuration } from '../ui/time.tsx';
import { Conclusion } from './conclusion.tsx';
import { formatCounts, getDurationMs } from './describe-check.ts';

const SECOND_MS = 1_000;
const getPauseMs = () => SECOND_MS;

/** The conclusion of a check, or its progress until then. */
export function CheckProgress({ check }: { readonly check: Check }) {
  const duration = getDurationMs(check);
  return (
    <section className="section" aria-label="Result">
      <div className="check-now">
        <Conclusion check={check} />
        {check.conclusion !== null && <span>{formatCounts(check.counts)}</span>}
        {check.conclusion !== null
          ? duration !== null && <span>{formatDuration(duration)}</span>
          : check.started_at && <Elapsed since={check.started_at} />}
      </div>
      {check.conclusion === null && <Progress counts={check.counts} />}
      {check.error && <p>{check.error}</p>}
    </section>
  );
}

/** The total grows while pages are found, so the bar shows a share only while flows are left to do. */
function Progress({ counts }: Pick<Check, 'counts'>) {
  const done = counts.passed + counts.failed + counts.skipped;
  const isMeasured = counts.total > done;
  const failed = counts.failed > 0 ? `, ${counts.failed} failed` : '';
  return (
    <div>
      <progress
        className="check-progress"
        aria-label="Progress of the check"
        {...(isMeasured && { value: done, max: counts.total })}
      />
      <p>
        {isMeasured ? `${done} of ${counts.total} flows done` : `${done} flows done so far`}
        {failed}
      </p>
    </div>
  );
}

function Elapsed({ since }: { readonly since: string }) {
  const read = useCallback(
    // Never negative: this machine's clock may be behind the server's.
    (now: number) => Math.max(0, Math.round((now - Date.parse(since)) / SECOND_MS)),
    [since],
  );
  const seconds = useClock(read, getPauseMs);
  return <span>{seconds < 60 ? `${seconds} s` : formatDuration(seconds * SECOND_MS)}</span>;
}
