import { Tooltip } from '@base-ui/react/tooltip';
import { type KeyboardEvent, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { App } from '../../../../features/apps/schema.ts';
import type { CheckList } from '../../../../features/checks/schema.ts';
import { formatDuration, Time } from '../../ui/time.tsx';
import { Conclusion, getStateWord } from '../conclusion.tsx';
import { getDurationMs } from '../describe-check.ts';
import { getCheckState } from '../get-check-state.ts';
import { getSubject } from '../get-subject.ts';

type ListedCheck = CheckList['checks'][number];

/** Keeps the bar of a very short check visible. In percent. */
const LEAST_HEIGHT = 6;
/** Of a check that runs: its duration is not known yet. */
const RUNNING_HEIGHT = 30;

interface Shown {
  /** The newest last. */
  readonly ended: readonly ListedCheck[];
  readonly running: readonly ListedCheck[];
  readonly topMs: number;
}

interface ChartBarsProps extends Shown {
  readonly app: App;
}

/**
 * The bars are one stop of the Tab key; arrow keys move between them. While one has the focus, all stay as they are: a
 * check that ends must not move what a person is looking at.
 */
export function ChartBars({ app, ...newest }: ChartBarsProps) {
  const popups = useRef<HTMLDivElement>(null);
  const [tooltip] = useState(() => Tooltip.createHandle<ListedCheck>());
  const [held, setHeld] = useState<Shown>();
  const [lastId, setLastId] = useState<string>();
  const { ended, running, topMs } = held ?? newest;
  const checks = [...ended, ...running];
  const current = checks.find(({ id }) => id === lastId) ?? checks.at(-1);
  return (
    <>
      <ul
        className="chart-bars"
        aria-label="Checks, the newest last. The arrow keys move between them."
        onKeyDown={moveFocus}
        onFocus={() => setHeld({ ended, running, topMs })}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) {
            setHeld(undefined);
          }
        }}
      >
        {checks.map((check) => (
          <li key={check.id} className={check.id === running[0]?.id ? 'chart-apart' : undefined}>
            <Tooltip.Trigger
              handle={tooltip}
              payload={check}
              delay={100}
              render={
                <Link
                  className="chart-link"
                  to={`/apps/${app.alias}/checks/${check.id}`}
                  aria-label={describeBar(check)}
                  tabIndex={check.id === current?.id ? 0 : -1}
                  onFocus={() => setLastId(check.id)}
                />
              }
            >
              <Bar check={check} topMs={topMs} />
            </Tooltip.Trigger>
          </li>
        ))}
      </ul>
      {/* Within the page's landmarks. */}
      <div ref={popups} className="popups" />
      <Tooltip.Root handle={tooltip}>
        {({ payload }) => (
          <Tooltip.Portal container={popups}>
            <Tooltip.Positioner sideOffset={8} className="tooltip">
              <Tooltip.Popup className="tooltip-popup">
                {payload && <BarText check={payload} />}
              </Tooltip.Popup>
            </Tooltip.Positioner>
          </Tooltip.Portal>
        )}
      </Tooltip.Root>
    </>
  );
}

function Bar({ check, topMs }: { readonly check: ListedCheck; readonly topMs: number }) {
  const duration = getDurationMs(check) ?? 0;
  const state = getCheckState(check);
  const height = check.conclusion === null ? RUNNING_HEIGHT : (duration / topMs) * 100;
  return (
    <span
      className={`bar bar-${state === 'scheduled' ? 'running' : state}${duration > topMs ? ' bar-cut' : ''}`}
      style={{ height: `${Math.min(100, Math.max(LEAST_HEIGHT, height))}%` }}
    />
  );
}

function BarText({ check }: { readonly check: ListedCheck }) {
  const duration = getDurationMs(check);
  return (
    <>
      <Conclusion check={check} />
      {duration !== null && ` in ${formatDuration(duration)}`}, <Time at={check.created_at} />
      <span className="clamped">{getSubject(check)}</span>
      {check.metadata.branch && <span className="clamped hint">{check.metadata.branch}</span>}
    </>
  );
}

/** The name of the link: all that the tooltip says, which screen readers do not read. */
function describeBar(check: ListedCheck): string {
  const duration = getDurationMs(check);
  const parts = [
    getStateWord(check),
    duration === null ? '' : formatDuration(duration),
    getSubject(check),
    check.metadata.branch ?? '',
  ];
  return `${parts.filter((part) => part !== '').join(', ')}, check ${check.id.slice(0, 8)}`;
}

function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const links = [...event.currentTarget.querySelectorAll('a')];
  const at = links.findIndex((link) => link.matches(':focus'));
  const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: links.length - 1 }[event.key];
  if (target !== undefined) {
    event.preventDefault();
    links[Math.min(links.length - 1, Math.max(0, target))]?.focus();
  }
}
