import type { RecentConclusion } from '../../../features/apps/schema.ts';

const MOST = 10;
const PITCH = 8;
const HEIGHT = 24;
const MIDDLE = HEIGHT / 2;

interface Kind {
  readonly text: string;
  /** The bar's place. Passed checks rise above the line and failed ones hang below: the colour only repeats it. */
  readonly y: number;
  readonly height: number;
}

const KINDS: Readonly<Record<RecentConclusion, Kind>> = {
  success: { text: 'passed', y: 1.5, height: MIDDLE - 2 },
  incomplete: { text: 'incomplete', y: 1.5, height: MIDDLE - 2 },
  failure: { text: 'failed', y: MIDDLE + 0.5, height: MIDDLE - 2 },
  error: { text: 'could not run', y: MIDDLE + 0.5, height: MIDDLE - 2 },
  cancelled: { text: 'cancelled', y: MIDDLE - 1.5, height: 3 },
};
const ORDER = ['success', 'failure', 'incomplete', 'error', 'cancelled'] as const;

/** How the last checks ended, the newest at the right. */
export function Sparkline({ conclusions }: { readonly conclusions: readonly RecentConclusion[] }) {
  const first = MOST - conclusions.length;
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={describe(conclusions)}
      viewBox={`0 0 ${MOST * PITCH} ${HEIGHT}`}
    >
      <line className="spark-line" x1="0" x2={MOST * PITCH} y1={MIDDLE} y2={MIDDLE} />
      {conclusions.map((conclusion, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar has nothing but its place
        <Bar key={at} conclusion={conclusion} x={(first + at) * PITCH + 1.5} />
      ))}
    </svg>
  );
}

/** What the bars of the lists below it mean. */
export function SparklineLegend({ conclusions }: { readonly conclusions: readonly RecentConclusion[] }) {
  const shown = ORDER.filter((one) => conclusions.includes(one));
  return (
    <ul className="spark-legend" aria-hidden="true">
      {shown.map((conclusion) => (
        <li key={conclusion}>
          <svg className="spark-sign" aria-hidden="true" viewBox={`0 0 ${PITCH} ${HEIGHT}`}>
            <line className="spark-line" x1="0" x2={PITCH} y1={MIDDLE} y2={MIDDLE} />
            <Bar conclusion={conclusion} x={1.5} />
          </svg>
          {KINDS[conclusion].text}
        </li>
      ))}
    </ul>
  );
}

function Bar({ conclusion, x }: { readonly conclusion: RecentConclusion; readonly x: number }) {
  const { y, height } = KINDS[conclusion];
  return <rect className={`spark spark-${conclusion}`} x={x} y={y} width={PITCH - 3} height={height} />;
}

/** `8 of the last 10 passed, 1 failed, 1 cancelled`. */
function describe(conclusions: readonly RecentConclusion[]): string {
  const count = (one: RecentConclusion) => conclusions.filter((conclusion) => conclusion === one).length;
  const others = ORDER.slice(1)
    .map((one) => ({ text: KINDS[one].text, count: count(one) }))
    .filter((one) => one.count > 0)
    .map((one) => `, ${one.count} ${one.text}`);
  return `${count('success')} of the last ${conclusions.length} passed${others.join('')}`;
}
