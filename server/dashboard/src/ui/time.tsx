const UNITS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** How long ago something was. The tooltip has the exact time. */
export function Time({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={absolute.format(new Date(at))}>
      {formatAgo(at)}
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

function formatAgo(at: string): string {
  const seconds = Math.min(0, (Date.parse(at) - Date.now()) / 1000);
  const { unit, seconds: size } = UNITS.find((one) => -seconds >= one.seconds) ?? UNITS[3];
  return -seconds < 10 ? 'just now' : relative.format(Math.round(seconds / size), unit);
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
