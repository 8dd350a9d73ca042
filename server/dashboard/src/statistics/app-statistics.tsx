import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useSearchParams } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { CheckFigures, Statistics } from '../../../features/statistics/schema.ts';
import { changeQuery } from '../ui/change-query.ts';
import { Failure } from '../ui/failure.tsx';
import { formatDuration } from '../ui/time.tsx';
import { FlakyFlows } from './flaky-flows.tsx';
import { statisticsQuery } from './queries.ts';

const PERIODS = ['7', '30', '90'];
const DEFAULT_PERIOD = '30';

/** How often the app's checks failed and how long they took, over some days. The period is in the address. */
export function AppStatistics({ app }: { readonly app: App }) {
  const [query, setQuery] = useSearchParams();
  const title = useId();
  const given = query.get('days') ?? '';
  const days = PERIODS.includes(given) ? given : DEFAULT_PERIOD;
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...statisticsQuery(app.alias, days),
    placeholderData: keepPreviousData,
  });

  function choose(period: string) {
    setQuery((current) => changeQuery(current, { days: period }), { replace: true });
  }

  return (
    <section className="section" aria-labelledby={title} aria-busy={!data || isPlaceholderData}>
      <div className="statistics-head">
        <h2 id={title}>Last {days} days</h2>
        <Periods days={days} onChoose={choose} />
      </div>
      {error && <Failure error={error} onRetry={refetch} />}
      {(data || !error) && (
        <>
          <Figures app={app} statistics={isPlaceholderData ? undefined : data} />
          <FlakyFlows app={app} statistics={isPlaceholderData ? undefined : data} />
        </>
      )}
    </section>
  );
}

interface PeriodsProps {
  readonly days: string;
  readonly onChoose: (period: string) => void;
}

function Periods({ days, onChoose }: PeriodsProps) {
  return (
    <fieldset className="periods">
      <legend className="visually-hidden">Period</legend>
      {PERIODS.map((period) => (
        <label key={period} className="period">
          <input
            type="radio"
            name="days"
            value={period}
            checked={period === days}
            onChange={() => onChoose(period)}
          />
          {period} days
        </label>
      ))}
    </fieldset>
  );
}

interface FiguresProps {
  readonly app: App;
  /** `undefined` while it loads: the table has its room already. */
  readonly statistics: Statistics | undefined;
}

const TILES: readonly { readonly title: string; readonly describe: (figures: CheckFigures) => string }[] = [
  { title: 'Checks', describe: ({ checks }) => checks.toLocaleString('en') },
  { title: 'Failed or could not run', describe: describeFailures },
  { title: 'Median duration', describe: ({ median_duration_ms: median }) => describeDuration(median) },
  { title: '95 % took at most', describe: ({ p95_duration_ms: p95 }) => describeDuration(p95) },
];

function Figures({ app, statistics }: FiguresProps) {
  return (
    <dl className="tiles">
      {TILES.map(({ title, describe }) => (
        <div key={title} className="tile">
          <dt>{title}</dt>
          <dd>
            <strong>{statistics ? describe(statistics.main_branch) : '…'}</strong> on {app.main_branch}
          </dd>
          <dd>
            <strong>{statistics ? describe(statistics.all_branches) : '…'}</strong> on all branches
          </dd>
        </div>
      ))}
    </dl>
  );
}

function describeFailures({ failed, failure_rate: rate }: CheckFigures): string {
  return rate === null ? '–' : `${formatShare(rate)} (${failed.toLocaleString('en')})`;
}

/** In percent. A few failures of very many are not none. */
function formatShare(rate: number): string {
  const percent = rate * 100;
  return `${percent > 0 && percent < 10 ? Math.max(0.1, percent).toFixed(1) : Math.round(percent)} %`;
}

function describeDuration(milliseconds: number | null): string {
  return milliseconds === null ? '–' : formatDuration(milliseconds);
}
