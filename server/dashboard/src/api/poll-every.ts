import { isGone } from './failures.ts';

/** What a pause depends on: a part of TanStack's `Query`. */
export interface PolledQuery {
  readonly state: {
    readonly data: unknown;
    readonly error: Error | null;
    readonly dataUpdatedAt: number;
    readonly errorUpdatedAt: number;
  };
}

/** The longest pause, unless the shortest is longer. */
const LONGEST_MS = 30_000;
/** The pause as a part of the time in which nothing has changed. */
const PART = 0.5;

/** When each answer came for the first time. Answers that are equal are one object, by structural sharing. */
const firstCame = new WeakMap<object, number>();

/**
 * A `refetchInterval`: the pause before the next request, which grows while nothing changes or no answer comes. The
 * query stops in a hidden tab, and asks at once when the tab is shown, as all queries do by default.
 */
export function pollEvery(shortestMs: number) {
  return (query: PolledQuery): number | false => {
    const { data, error, dataUpdatedAt, errorUpdatedAt } = query.state;
    if (isGone(error)) {
      return false;
    }
    const askedAt = Math.max(dataUpdatedAt, errorUpdatedAt);
    const subject = typeof data === 'object' && data !== null ? data : query;
    const cameAt = firstCame.get(subject) ?? askedAt;
    firstCame.set(subject, cameAt);
    const pauseMs = Math.max(shortestMs, Math.min(LONGEST_MS, (askedAt - cameAt) * PART));
    // Spread, so that the pages do not all come at once to a server that is back. The same for each call between two
    // answers: another pause would begin anew with each rendering.
    return Math.round(pauseMs * (0.85 + (askedAt % 100) / 333));
  };
}
