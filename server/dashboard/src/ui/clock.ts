import { useCallback, useSyncExternalStore } from 'react';

/** Something on the page that depends on the time, and how often it needs to be read again. */
interface Reader {
  readonly onTick: () => void;
  readonly getPauseMs: (now: number) => number;
}

const readers = new Set<Reader>();
let timer: ReturnType<typeof setTimeout> | undefined;
let dueAt = 0;

document.addEventListener('visibilitychange', () => (document.hidden ? stop() : tick()));

/**
 * What `read` makes of the time. One timer serves the whole page, so all times change together, and only what has
 * changed is rendered again. It ticks as often as the most impatient reader needs, and not in a hidden tab. Both
 * functions must be the same in each rendering, unless what they read has changed.
 */
export function useClock<Value extends string | number>(
  read: (now: number) => Value,
  getPauseMs: (now: number) => number,
): Value {
  const subscribe = useCallback(
    (onTick: () => void) => {
      const reader = { onTick, getPauseMs };
      readers.add(reader);
      start();
      return () => {
        readers.delete(reader);
      };
    },
    [getPauseMs],
  );
  return useSyncExternalStore(subscribe, () => read(Date.now()));
}

function tick(): void {
  stop();
  for (const { onTick } of readers) {
    onTick();
  }
  start();
}

/** A tick that is due sooner stays: otherwise a list that grows all the time would stop the clock. */
function start(): void {
  const now = Date.now();
  const pauseMs = Math.min(...[...readers].map(({ getPauseMs }) => getPauseMs(now)));
  if (readers.size === 0 || document.hidden || (timer !== undefined && dueAt <= now + pauseMs)) {
    return;
  }
  stop();
  dueAt = now + pauseMs;
  timer = setTimeout(tick, pauseMs);
}

function stop(): void {
  clearTimeout(timer);
  timer = undefined;
}
