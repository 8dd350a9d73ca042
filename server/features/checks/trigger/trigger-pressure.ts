/** From this number of triggers in one statement on, it is a flood: the legs of one workflow, or more. */
const PRESSING = 3;
const PRESSED_FOR_MS = 100;

/** Tells whether triggers flood in, so that less urgent work waits. */
export interface TriggerPressure {
  /** Call it before a statement that stores triggers. */
  begin(): void;
  /** Call it with how many checks the statement stored. */
  noteStored(checks: number): void;
  /** Call it after the statement. */
  end(): void;
  isPressed(): boolean;
}

export function createTriggerPressure(): TriggerPressure {
  let isWriting = false;
  let wasPressed = false;
  let pressedAt = Number.NEGATIVE_INFINITY;

  function isPressed(): boolean {
    // The pressure lasts until the last statement that began under it has ended.
    return (isWriting && wasPressed) || performance.now() - pressedAt < PRESSED_FOR_MS;
  }

  return {
    begin() {
      wasPressed = isPressed();
      isWriting = true;
    },
    noteStored(checks) {
      if (checks >= PRESSING) {
        pressedAt = performance.now();
      }
    },
    end() {
      isWriting = false;
    },
    isPressed,
  };
}
