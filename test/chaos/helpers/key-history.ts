/** One operation on an app's key, with the times (one monotonic clock) at which it was begun and answered. */
export type Operation = Use | Change;

export interface Use {
  readonly type: 'use';
  readonly key: string;
  readonly begun: number;
  readonly answered: number;
  readonly outcome: 'passed' | 'refused';
  /** For the report: which endpoint, at which instance. */
  readonly label: string;
}

export interface Change {
  readonly type: 'change';
  /** In force from this change on; `undefined`: none is. */
  readonly key: string | undefined;
  readonly begun: number;
  readonly answered: number;
}

/** Two operations that no single order in time explains, or one that nothing explains. */
export interface Violation {
  readonly what: string;
  readonly operations: readonly Operation[];
}

/**
 * Whether a history is linearizable: whether each change can be given one moment between its beginning and its
 * answer such that every use saw the key as it was at some moment between the use's own beginning and answer.
 *
 * Changes must come one after the other, and each key be put in force once; the first change of the list may be
 * made up for the key that was there at the start. Then the moments are independent of each other, and each one's
 * earliest and latest possible time follow from the uses of the key that it ends and of the one that it begins. So
 * a pair of uses is found that contradict each other within the change, and not just a use after its answer.
 */
export function findViolations(history: readonly Operation[]): Violation[] {
  const changes = history.filter((operation) => operation.type === 'change');
  changes.sort((one, other) => one.begun - other.begun);
  assertOneAfterTheOther(changes);
  const reigns = new Map<string, Reign>();
  const bounds = changes.map((change): Bounds => ({ change, earliest: change, latest: change }));
  for (const [index, begin] of bounds.entries()) {
    const { key } = begin.change;
    if (key !== undefined) {
      if (reigns.has(key)) {
        throw new Error(`The key ${key} was put in force twice.`);
      }
      reigns.set(key, { begin, end: bounds[index + 1] });
    }
  }
  const unexplained: Violation[] = [];
  for (const use of history) {
    if (use.type === 'use') {
      const reign = reigns.get(use.key);
      if (reign) {
        narrow(reign, use);
      } else if (use.outcome === 'passed') {
        unexplained.push({ what: 'a key passed that was never in force', operations: [use] });
      }
    }
  }
  return [...unexplained, ...bounds.flatMap(toViolation)];
}

/** Between which operations' times a change took hold: not before `earliest` began, not after `latest` was answered. */
interface Bounds {
  readonly change: Change;
  earliest: Operation;
  latest: Operation;
}

interface Reign {
  readonly begin: Bounds;
  /** `undefined`: in force to the end of the history. */
  readonly end: Bounds | undefined;
}

function narrow({ begin, end }: Reign, use: Use): void {
  if (use.outcome === 'passed') {
    // In force at some moment of it: it had begun by the answer, and not ended before the beginning.
    holdBefore(begin, use);
    if (end) {
      holdAfter(end, use);
    }
    return;
  }
  // Refused before its time, or after it. Which one is only open while the first change is under way.
  if (use.begun >= begin.change.answered) {
    if (end) {
      holdBefore(end, use);
    } else {
      // Refused though nothing ended it: the change that began it must not have taken hold.
      holdAfter(begin, use);
    }
  }
}

function holdBefore(bounds: Bounds, use: Use): void {
  if (use.answered < bounds.latest.answered) {
    bounds.latest = use;
  }
}

function holdAfter(bounds: Bounds, use: Use): void {
  if (use.begun > bounds.earliest.begun) {
    bounds.earliest = use;
  }
}

function toViolation({ change, earliest, latest }: Bounds): Violation[] {
  return earliest.begun <= latest.answered
    ? []
    : [
        {
          what: 'a change would have to take hold before the second of these and after the third',
          operations: [change, latest, earliest],
        },
      ];
}

function assertOneAfterTheOther(changes: readonly Change[]): void {
  for (const [index, { begun }] of changes.entries()) {
    const before = changes[index - 1];
    if (before && before.answered > begun) {
      throw new Error('Two changes overlap, which this checker cannot order.');
    }
  }
}
