import { growingPause } from './host-gate.ts';

interface Answer {
  readonly status: number;
  /** How often the request was sent. */
  readonly tries: number;
  /** What `Retry-After` says, in milliseconds; `null` when it says nothing. */
  readonly asked: number | null;
  /** When the time is up, in the time of `performance.now()`. */
  readonly until: number;
}

/** How often a request is sent at most, by its answer. */
const MOST_TRIES: ReadonlyMap<number, number> = new Map([
  [429, 8],
  // A platform that starts the app for this request answers these meanwhile.
  [502, 4],
  [503, 4],
  [504, 4],
]);

/** Requests in a row that were sent again in vain: then the host is not starting, but broken. */
const MOST_IN_VAIN = 5;

/** Decides whether a request to one host is worth sending again, and when. */
export class Patience {
  #inVain = 0;

  /** How long to wait before the request is sent again; `null` when its answer is the last. */
  pauseAfter({ status, tries, asked, until }: Answer): number | null {
    const most = MOST_TRIES.get(status);
    if (most === undefined) {
      this.#inVain = tries > 1 ? 0 : this.#inVain;
      return null;
    }
    const pause = asked ?? growingPause(tries - 1);
    const isInTime = performance.now() + pause < until;
    const isOfUse = status === 429 || this.#inVain < MOST_IN_VAIN;
    if (tries < most && isInTime && isOfUse) {
      return pause;
    }
    this.#inVain += tries > 1 && status !== 429 ? 1 : 0;
    return null;
  }
}

/** `Retry-After` as a number of seconds or a date; `null` when it is neither. */
export function retryAfterMs(header: string | string[] | undefined): number | null {
  const [value = ''] = [header ?? []].flat();
  if (/^\s*\d+\s*$/.test(value)) {
    return Number(value) * 1000;
  }
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
