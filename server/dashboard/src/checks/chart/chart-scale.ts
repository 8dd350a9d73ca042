const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

/** Where the axis may end: times whose half is a round one too. */
const TOPS = [
  ...[10, 20, 40, 60, 100, 200, 400, 600],
  ...[1, 2, 4, 6, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 4, 6, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 6, 10, 20, 40, 100, 200, 400, 1_000].map((hours) => hours * HOUR),
];

/** An outlier is further above the upper quartile than this many times the distance between the quartiles (Tukey). */
const FENCE = 3;
/** Durations that are nearly equal have quartiles that are: what is at most twice as long is no outlier. */
const LEAST_FENCE = 2;

/**
 * Where the axis of durations ends. A few checks that took very long must not flatten all others: their bars are cut
 * there.
 */
export function findTop(durationsMs: readonly number[]): number {
  const sorted = [...durationsMs].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  const [lower, upper, longest] = [at(0.25), at(0.75), at(1)];
  const fence = Math.max(upper + FENCE * (upper - lower), LEAST_FENCE * upper);
  const limit = Math.min(longest, fence);
  return TOPS.find((top) => top >= limit) ?? limit;
}

/** `0`, `250 ms`, `1.5 s`, `30 s`, `5 min`, `2 h`. */
export function formatTick(milliseconds: number): string {
  if (milliseconds === 0) {
    return '0';
  }
  const [size, unit] =
    milliseconds < SECOND / 2
      ? [1, 'ms']
      : milliseconds < MINUTE
        ? [SECOND, 's']
        : milliseconds < HOUR
          ? [MINUTE, 'min']
          : [HOUR, 'h'];
  return `${Math.round((milliseconds / size) * 10) / 10} ${unit}`;
}
