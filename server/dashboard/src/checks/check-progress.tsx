import { useEffect, useState } from 'react';
import type { Check } from '../../../features/checks/schema.ts';
import { formatDuration } from '../ui/time.tsx';
import { Conclusion } from './conclusion.tsx';
import { formatCounts, getDurationMs } from './describe-check.ts';

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
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  // Never negative: this machine's clock may be behind the server's.
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1_000));
  return <span>{seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1_000)}</span>;
}
