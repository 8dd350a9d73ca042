import { useId } from 'react';
import type { CheckList } from '../../../features/checks/schema.ts';
import { formatDuration } from '../ui/time.tsx';
import { getDurationMs } from './describe-check.ts';
import { type CheckState, getCheckState } from './get-check-state.ts';

type ListedCheck = CheckList['checks'][number];

const MOST_BARS = 50;
/** Keeps the bar of a very short check visible. */
const LEAST_HEIGHT = 6;
const PITCH = 100 / MOST_BARS;
const KINDS: readonly { readonly state: CheckState; readonly text: string }[] = [
  { state: 'success', text: 'passed' },
  { state: 'incomplete', text: 'incomplete' },
  { state: 'failure', text: 'failed' },
  { state: 'error', text: 'could not run' },
  { state: 'cancelled', text: 'cancelled' },
];

/** A bar for each of the last finished checks. The height is the duration; colour and pattern are the state. */
export function ChecksChart({ checks }: { readonly checks: readonly ListedCheck[] }) {
  const stripes = useId();
  const ended = checks.filter(({ conclusion }) => conclusion !== null).slice(0, MOST_BARS);
  if (ended.length === 0) {
    return null;
  }
  const longest = Math.max(1, ...ended.map((check) => getDurationMs(check) ?? 0));
  const kinds = KINDS.map((kind) => ({
    ...kind,
    count: ended.filter((check) => getCheckState(check) === kind.state).length,
    // Few apps ever have an incomplete check.
  })).filter(({ state, count }) => state !== 'incomplete' || count > 0);
  const median = getMedianMs(ended);
  const summary = kinds.map(({ count, text }) => `${count} ${text}`).join(', ');
  return (
    <section className="section" aria-label="At a glance">
      <svg
        className="checks-chart"
        role="img"
        aria-label={`Of the last ${ended.length} checks: ${summary}. ${describeMedian(median)}`}
      >
        <Stripes id={stripes} />
        {ended.map((check, at) => {
          const height = Math.max(LEAST_HEIGHT, ((getDurationMs(check) ?? 0) / longest) * 100);
          return (
            <rect
              key={check.id}
              className={`bar bar-${getCheckState(check)}`}
              fill={check.conclusion === 'failure' ? `url(#${stripes})` : undefined}
              // The newest check is at the right.
              x={`${100 - (at + 0.85) * PITCH}%`}
              width={`${PITCH * 0.7}%`}
              y={`${100 - height}%`}
              height={`${height}%`}
            />
          );
        })}
      </svg>
      <ul className="legend">
        {kinds.map(({ state, text, count }) => (
          <li key={state}>
            <svg className="legend-sign" aria-hidden="true">
              <rect
                className={`bar bar-${state}`}
                fill={state === 'failure' ? `url(#${stripes})` : undefined}
                x="1"
                y="1"
                width="12"
                height="14"
              />
            </svg>
            <strong>{count}</strong> {text}
          </li>
        ))}
        <li>{describeMedian(median)}</li>
      </ul>
    </section>
  );
}

function Stripes({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse">
        <rect className="stripe" width="6" height="4" />
      </pattern>
    </defs>
  );
}

/** Of finished checks only: one that was cancelled or could not run says nothing about the usual duration. */
function getMedianMs(checks: readonly ListedCheck[]): number | null {
  const durations = checks
    .filter(({ status }) => status === 'finished')
    .map((check) => getDurationMs(check) ?? 0)
    .sort((a, b) => a - b);
  const middle = (durations.length - 1) / 2;
  const [low, high] = [durations[Math.floor(middle)], durations[Math.ceil(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function describeMedian(median: number | null): string {
  return median === null ? 'None ran to its end.' : `Median duration ${formatDuration(median)}.`;
}
