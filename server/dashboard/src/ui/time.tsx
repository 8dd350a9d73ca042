import { useCallback } from 'react';
import { useClock } from './clock.ts';

const UNITS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const;
const MINUTE_MS = 60_000;
/** Within the first minute. A number that changes each second draws the eye. */
const STEP_SECONDS = 10;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** How long ago something was. The tooltip has the exact time. */
export function Time({ at }: { readonly at: string }) {
  const read = useCallback((now: number) => formatAgo(at, now), [at]);
  const getPauseMs = useCallback(
    (now: number) => (now - Date.parse(at) < MINUTE_MS ? STEP_SECONDS * 500 : MINUTE_MS / 2),
    [at],
  );
  const ago = useClock(read, getPauseMs);
  return (
    <time dateTime={at} title={absolute.format(new Date(at))}>
      {ago}
    </time>
  );
}

/** The day of something past or future. */
export function Day({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={absolute.format(new Date(at))}>
      {day.format(new Date(at))}
    </time>
  );
}

function formatAgo(at: string, now: number): string {
  // Never negative: this machine's clock may be behind the server's.
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000));
  const found = UNITS.find((one) => seconds >= one.seconds);
  if (found) {
    return relative.format(-Math.floor(seconds / found.seconds), found.unit);
  }
  return seconds < STEP_SECONDS
    ? 'just now'
    : relative.format(-Math.floor(seconds / STEP_SECONDS) * STEP_SECONDS, 'second');
}

/** `850 ms`, `12.3 s`, `4 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) {
    return `${Math.round(milliseconds)} ms`;
  }
  const seconds = milliseconds / 1_000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
