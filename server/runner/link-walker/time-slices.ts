/** How long work may hold the event loop. The last step of a slice comes on top, so steps must be small. */
const SLICE_MS = 10;

const waiting: (() => void)[] = [];

/**
 * Cuts long work into slices: other requests, timers and pages get a turn between two of them. However many pages
 * are read at the same time, only one slice runs in each turn of the event loop.
 */
export class TimeSlices {
  #startedAt = performance.now();
  readonly #signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Call it after each small step, and await `next` when it is true. */
  isOver(): boolean {
    return performance.now() - this.#startedAt >= SLICE_MS;
  }

  /** Resolves when the next slice may begin. Rejects with the reason of the signal, if one was given, when that is aborted. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) {
        setImmediate(startNext);
      }
    });
    this.#signal?.throwIfAborted();
    this.#startedAt = performance.now();
  }
}

function startNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) {
    setImmediate(startNext);
  }
}
