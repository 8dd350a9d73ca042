import { lazy, Suspense, useId } from 'react';
import type { App } from '../../../../features/apps/schema.ts';
import type { CheckList } from '../../../../features/checks/schema.ts';
import { formatDuration } from '../../ui/time.tsx';
import { getDurationMs } from '../describe-check.ts';
import { type CheckState, getCheckState } from '../get-check-state.ts';
import { findTop, formatTick } from './chart-scale.ts';
import { ChartTimes } from './chart-times.tsx';
import { useIsNarrow } from './use-is-narrow.ts';

type ListedCheck = CheckList['checks'][number];

/** With the tooltip, which is much code. */
const ChartBars = lazy(() => import('./chart-bars.tsx').then((bars) => ({ default: bars.ChartBars })));

const MOST_BARS = 50;
/** Wide enough to tell bars apart, and to meet one with a finger. */
const MOST_BARS_NARROW = 25;
const MOST_RUNNING = 5;
const KINDS: readonly { readonly state: CheckState; readonly text: string }[] = [
  { state: 'success', text: 'passed' },
  { state: 'incomplete', text: 'incomplete' },
  { state: 'failure', text: 'failed' },
  { state: 'error', text: 'could not run' },
  { state: 'cancelled', text: 'cancelled' },
];

interface ChecksChartProps {
  readonly app: App;
  /** The newest first. */
  readonly checks: readonly ListedCheck[];
}

/**
 * A bar for each of the last checks that ended: the height is the duration, colour and pattern are the state, and it
 * links to the check. Those that run stand apart. Trials of settings are left out.
 */
export function ChecksChart({ app, checks }: ChecksChartProps) {
  const isNarrow = useIsNarrow();
  const title = useId();
  const counted = checks.filter(({ is_trial }) => !is_trial);
  const ended = counted
    .filter(({ conclusion }) => conclusion !== null)
    .slice(0, isNarrow ? MOST_BARS_NARROW : MOST_BARS);
  const running = counted.filter(({ conclusion }) => conclusion === null);
  if (ended.length === 0) {
    return null;
  }
  const topMs = findTop(getDurations(ended));
  const cut = ended.filter((check) => (getDurationMs(check) ?? 0) > topMs).length;
  return (
    <section className="section" aria-labelledby={title}>
      <h3 id={title}>{ended.length === 1 ? 'Last check' : `Last ${ended.length} checks`}</h3>
      <Legend ended={ended} running={running.length} />
      <div className="chart">
        <div className="chart-axis" aria-hidden="true">
          {[topMs, topMs / 2, 0].map((tick) => (
            <span key={tick}>{formatTick(tick)}</span>
          ))}
        </div>
        <Suspense fallback={<div className="chart-bars" />}>
          <ChartBars
            app={app}
            ended={ended.toReversed()}
            running={running.slice(0, MOST_RUNNING).toReversed()}
            topMs={topMs}
          />
        </Suspense>
        <ChartTimes checks={ended} bars={ended.length + Math.min(running.length, MOST_RUNNING)} />
      </div>
      {cut > 0 && (
        <p className="hint chart-note">
          {cut === 1 ? 'One bar is' : `${cut} bars are`} cut, with a gap near the top: longer than{' '}
          {formatTick(topMs)}.
        </p>
      )}
    </section>
  );
}

function Legend({ ended, running }: { readonly ended: readonly ListedCheck[]; readonly running: number }) {
  const kinds = KINDS.map((kind) => ({
    ...kind,
    count: ended.filter((check) => getCheckState(check) === kind.state).length,
  })).filter(({ count }) => count > 0);
  return (
    <ul className="legend">
      {kinds.map(({ state, text, count }) => (
        <li key={state}>
          <span className={`legend-sign bar bar-${state}`} aria-hidden="true" />
          <strong>{count}</strong> {text}
        </li>
      ))}
      {running > 0 && (
        <li>
          <span className="legend-sign bar bar-running" aria-hidden="true" />
          <strong>{running}</strong> not ended
        </li>
      )}
      <li>{describeMedian(ended)}</li>
    </ul>
  );
}

/** Of checks that ran to their end, where there are any: the others say nothing about the usual duration. */
function getDurations(ended: readonly ListedCheck[]): number[] {
  const finished = ended.filter(({ status }) => status === 'finished');
  return (finished.length > 0 ? finished : ended).map((check) => getDurationMs(check) ?? 0);
}

function describeMedian(ended: readonly ListedCheck[]): string {
  if (!ended.some(({ status }) => status === 'finished')) {
    return 'None ran to its end.';
  }
  const durations = getDurations(ended).sort((a, b) => a - b);
  const middle = (durations.length - 1) / 2;
  const [low = 0, high = 0] = [durations[Math.floor(middle)], durations[Math.ceil(middle)]];
  return `Median duration ${formatDuration((low + high) / 2)}.`;
}
