import { Progress } from '@base-ui/react/progress';
import { useCallback } from 'react';
import type { Check } from '../../../features/checks/schema.ts';
import { useClock } from '../ui/clock.ts';
import { formatDuration } from '../ui/time.tsx';
import { Conclusion } from './conclusion.tsx';
import { formatCounts, getDurationMs } from './describe-check.ts';
import { RestartNotice } from './result/restart-notice.tsx';

const SECOND_MS = 1_000;
const getPauseMs = () => SECOND_MS;

/** The conclusion of a check, or its progress until then. Both are of one height, so that the end moves nothing. */
export function CheckProgress({ check }: { readonly check: Check }) {
  const duration = getDurationMs(check);
  return (
    <section className="section" aria-label="Result">
      <div className="check-now">
        <Conclusion check={check} />
        {check.conclusion !== null
          ? duration !== null && <span>{formatDuration(duration)}</span>
          : check.started_at && <Elapsed since={check.started_at} />}
      </div>
      {check.conclusion === null ? <Running check={check} /> : <Ended counts={check.counts} />}
      <RestartNotice progress={check.progress} />
      {check.error && <p>{check.error}</p>}
    </section>
  );
}

/** More flows may be found, so the bar shows a share only while known ones are left. */
function Running({ check }: { readonly check: Check }) {
  const { counts, progress } = check;
  const done = counts.total;
  const known = progress?.known ?? 0;
  const isMeasured = known > done;
  const share = isMeasured ? `${count(done)} of ${count(known)} known flows done` : describeDone(check);
  return (
    <div className="check-share">
      <Progress.Root
        aria-label="Progress of the check"
        aria-valuetext={share}
        value={isMeasured ? done : null}
        max={Math.max(known, 1)}
      >
        <Progress.Track className="share">
          <Progress.Indicator className="share-done" />
        </Progress.Track>
      </Progress.Root>
      <p>
        {share}
        {counts.failed > 0 && `, ${count(counts.failed)} failed`}
      </p>
    </div>
  );
}

function describeDone({ status, counts }: Pick<Check, 'status' | 'counts'>): string {
  if (status === 'scheduled') {
    return 'No runner has taken it yet';
  }
  return `${count(counts.total)} ${counts.total === 1 ? 'flow' : 'flows'} done so far`;
}

/** The shares of passed, failed and skipped flows. The text below has them too. */
function Ended({ counts }: Pick<Check, 'counts'>) {
  const { total } = counts;
  return total === 0 ? null : (
    <div className="check-share">
      <div className="share" aria-hidden="true">
        {(['failed', 'skipped', 'passed'] as const).map((status) => (
          <div
            key={status}
            className={`share-${status}`}
            // At least a sliver: one failure among thousands must be seen.
            style={{ flexGrow: counts[status] === 0 ? 0 : Math.max(counts[status], total / 100) }}
          />
        ))}
      </div>
      <p>{formatCounts(counts)}</p>
    </div>
  );
}

function count(flows: number): string {
  return flows.toLocaleString('en');
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
