import type { Check } from '../../../../features/checks/schema.ts';

const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Of a column at most, as in `chart.css`. */
const COLUMN_REM = 1.75;

interface ChartTimesProps {
  /** The newest first. */
  readonly checks: readonly Pick<Check, 'created_at'>[];
  /** How many bars there are: the axis is as long as they are wide. */
  readonly bars: number;
}

/** The bars stand side by side whatever the time between them, so the axis names the time of the first and the last. */
export function ChartTimes({ checks, bars }: ChartTimesProps) {
  const [newest, oldest] = [checks[0], checks.at(-1)].map((check) => new Date(check?.created_at ?? 0));
  if (!newest || !oldest || checks.length === 0) {
    return null;
  }
  const format = day.format(newest) === day.format(oldest) ? time : day;
  const [first, last] = [format.format(oldest), format.format(newest)];
  return (
    <div className="chart-times" aria-hidden="true" style={{ maxWidth: `${bars * COLUMN_REM}rem` }}>
      {first !== last && <span>{first}</span>}
      <span>{last}</span>
    </div>
  );
}
