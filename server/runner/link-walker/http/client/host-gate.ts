/** Most that a pause of a host may become by itself. A `Retry-After` may be longer. */
const LONGEST_PAUSE_MS = 8_000;
const FIRST_PAUSE_MS = 500;

/**
 * Lets requests to one host go, at most `most` at once, in order. A host that answers `429` gets half as many at once, and
 * none for a while; then one more after as many good answers as there are at once.
 */
export class HostGate {
  readonly #most: number;
  #allowed: number;
  #active = 0;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #openAt = 0;
  #cutAt = 0;
  /** Answers with `429` since the last good one. */
  #refusals = 0;

  constructor(most: number) {
    this.#most = most;
    this.#allowed = most;
  }

  /** Whether its last answer said that there are too many requests. */
  get isLimiting(): boolean {
    return this.#refusals > 0;
  }

  /** Resolves with how to leave, when a request may go. Rejects with the reason of `signal` when that is aborted. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.size === 0 && this.#hasRoom()) {
      this.#active += 1;
    } else {
      await this.#wait(signal);
    }
    let isIn = true;
    return () => {
      if (isIn) {
        isIn = false;
        this.#active -= 1;
        this.#letIn();
      }
    };
  }

  /** The host answered a request of `begunAt` with `429`. `pauseMs` is what it asked for; `null` when it did not say. */
  slowDown({ begunAt, pauseMs }: { readonly begunAt: number; readonly pauseMs: number | null }): void {
    // Requests that were on their way before the last cut say nothing about it.
    if (begunAt >= this.#cutAt) {
      this.#allowed = Math.max(1, Math.floor(this.#allowed / 2));
      this.#cutAt = performance.now();
      this.#refusals += 1;
    }
    const pause = pauseMs ?? growingPause(this.#refusals - 1);
    this.#openAt = Math.max(this.#openAt, performance.now() + pause);
  }

  /** The host answered, and not with `429`. */
  speedUp(): void {
    this.#refusals = 0;
    this.#allowed = Math.min(this.#most, this.#allowed + 1 / this.#allowed);
  }

  /** How long the host is left alone from now on. */
  get pausedMs(): number {
    return Math.max(0, this.#openAt - performance.now());
  }

  #hasRoom(): boolean {
    return this.pausedMs === 0 && this.#active < Math.floor(this.#allowed);
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      this.#waiting.delete(resolve);
      reject(signal.reason);
    };
    this.#waiting.add(resolve);
    signal.addEventListener('abort', onAbort);
    this.#letIn();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #letIn(): void {
    clearTimeout(this.#timer);
    while (this.#waiting.size > 0 && this.#hasRoom()) {
      const [next] = this.#waiting;
      if (next !== undefined) {
        this.#waiting.delete(next);
        this.#active += 1;
        next();
      }
    }
    if (this.#waiting.size > 0 && this.pausedMs > 0) {
      // It must not keep a process alive that has nothing else to do.
      this.#timer = setTimeout(() => this.#letIn(), this.pausedMs + 1).unref();
    }
  }
}

/** Half a second, then twice as long each time, and up to half of it less by chance. */
export function growingPause(times: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** times);
  return longest * (0.5 + Math.random() / 2);
}
