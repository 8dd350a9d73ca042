/** One operation on an app's key, with the times of its request and its answer, by one monotonic clock. */
export type Operation = Use | Change;

export interface Use {
  readonly type: 'use';
  readonly key: string;
  readonly begun: number;
  readonly answered: number;
  readonly outcome: 'passed' | 'refused';
  /** For the report: the endpoint and the instance. */
  readonly label: string;
}

export interface Change {
  readonly type: 'change';
  /** The key in force from this change on; `undefined` when there is none. */
  readonly key: string | undefined;
  readonly begun: number;
  readonly answered: number;
}

/** Two operations that contradict each other in any order, or one that is impossible by itself. */
export interface Violation {
  readonly what: string;
  readonly operations: readonly Operation[];
}

/**
 * Whether a history is linearizable: whether each change can be given one moment between its request and its
 * answer so that every use saw the key that was in force at some moment between its own request and answer.
 *
 * Changes must not overlap, and each key may be put in force only once. The first change may be invented for
 * the key that was there at the start. The moments are then independent of each other, and the uses of the
 * old and the new key give the earliest and the latest time of each. This finds two uses that contradict each
 * other during a change, and not only a use after its answer.
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

/** The limits of the moment of a change: not before `earliest` began, not after `latest` was answered. */
interface Bounds {
  readonly change: Change;
  earliest: Operation;
  latest: Operation;
}

interface Reign {
  readonly begin: Bounds;
  /** `undefined` when the key stays in force to the end of the history. */
  readonly end: Bounds | undefined;
}

function narrow({ begin, end }: Reign, use: Use): void {
  if (use.outcome === 'passed') {
    // In force at some moment of the use: begun before its answer, and not ended before its request.
    holdBefore(begin, use);
    if (end) {
      holdAfter(end, use);
    }
    return;
  }
  // Refused before the key was in force, or after it. Which one is unknown only during the first change.
  if (use.begun >= begin.change.answered) {
    if (end) {
      holdBefore(end, use);
    } else {
      // Refused although no change has ended it, so the change that began it was not in effect yet.
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
