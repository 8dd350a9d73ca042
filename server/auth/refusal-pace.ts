import { setTimeout as sleep } from 'node:timers/promises';

/** When a key that was refused is told so. */
export interface RefusalPace {
  /** Whether callers with good keys wait for their answers, so that refusals are held back. */
  isHeldBack(): boolean;
  /** For as long as one is held back: not at all where none waits. */
  pause(): Promise<void>;
}

/** A client that sends its next request when the last was answered sends five a second then, and not hundreds. */
const PAUSE_MS = 200;

/**
 * While triggers flood in, a flood of bad keys from clients that wait for their answers is slowed down to what
 * costs next to nothing; at any other time they are answered at once. It depends on what others do, and not on
 * the key.
 */
export function createRefusalPace(triggers: { isPressed(): boolean }): RefusalPace {
  return {
    isHeldBack: () => triggers.isPressed(),
    async pause() {
      if (triggers.isPressed()) {
        await sleep(PAUSE_MS);
      }
    },
  };
}
