import type { ErrorCode } from './errors.ts';

/** Calls `answer`, which sends a refusal, at once or after a pause. */
export type RefusalPace = (code: ErrorCode, answer: () => void) => void;

/** Refusals that a client can cause again and again at no cost. */
const HELD_BACK: ReadonlySet<ErrorCode> = new Set(['invalid_api_key', 'too_many_requests']);

/** With this pause, a client that waits for each answer sends two requests a second instead of hundreds. */
const PAUSE_MS = 500;

/**
 * Delays the refusal of bad keys while many triggers come in: a flood of bad keys from clients that wait for their
 * answers then costs almost nothing. At any other time, refuses at once. The delay depends on other callers and never
 * on the key.
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
