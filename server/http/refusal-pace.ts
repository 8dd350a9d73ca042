import type { ErrorCode } from './errors.ts';

/** Calls `answer`, at once or later, with which a request is refused. */
export type RefusalPace = (code: ErrorCode, answer: () => void) => void;

/** What costs its sender nothing to be told again and again. */
const HELD_BACK: ReadonlySet<ErrorCode> = new Set(['invalid_api_key', 'too_many_requests']);

/** A client that sends its next request when the last was answered sends two a second then, and not hundreds. */
const PAUSE_MS = 500;

/**
 * While triggers flood in, a flood of bad keys from clients that wait for their answers is slowed down to what
 * costs next to nothing; at any other time they are answered at once. It depends on what others do, and not on
 * the key.
 */
export function createRefusalPace(triggers: { isPressed(): boolean }): RefusalPace {
  return (code, answer) => {
    if (HELD_BACK.has(code) && triggers.isPressed()) {
      setTimeout(answer, PAUSE_MS);
    } else {
      answer();
    }
  };
}
