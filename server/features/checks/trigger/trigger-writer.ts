import { AsyncResource } from 'node:async_hooks';
import pLimit from 'p-limit';
import { DatabaseUnavailableError } from '../../../db/database-unavailable-error.ts';
import { type Queryable, takeRow } from '../../../db/pool.ts';
import {
  type Trigger,
  type TriggerChecksOptions,
  type TriggerRow,
  triggerChecks,
} from '../sql/trigger-checks.ts';

/** Stores triggers. */
export interface TriggerWriter {
  /** What it resolves with is durable. */
  write(trigger: Trigger): Promise<TriggerRow>;
  /** Whether so many come in from callers who may that other work had better wait. */
  isPressed(): boolean;
}

export interface TriggerWriterOptions extends Pick<TriggerChecksOptions, 'hourlyLimit'> {
  readonly db: Queryable;
  /** Called when there are new checks. */
  readonly onStored: () => void;
}

interface Waiting {
  readonly trigger: Trigger;
  readonly resolve: (row: TriggerRow | Promise<TriggerRow>) => void;
  readonly reject: (reason: unknown) => void;
  /** Of the trigger's own request; less than half the price of `AsyncLocalStorage.snapshot`. */
  readonly context: AsyncResource;
}

/** Triggers of an app that somebody holds, each in a statement that waits: they leave the pool to others. */
const ALONE_AT_ONCE = 2;
/** Bounds what one statement holds in memory: a body has at most 64 KiB. */
const BATCH_SIZE = 64;
/** So many that one statement stores come of a flood, or of the legs of one workflow, whose checks can wait a moment too. */
const PRESSING = 3;
const PRESSED_FOR_MS = 100;

/**
 * Triggers that arrive while others are being stored share the next statement, its round trip and its commit.
 * None waits for a timer: the first goes at once, and how many share one follows from how many come. One statement
 * at a time: two would wait for each other's locks on the app, and share their triggers out in smaller parts.
 *
 * A trigger only ever joins a statement that has not begun, so a key that was replaced before the request came
 * is seen to be.
 */
export function createTriggerWriter({ db, hourlyLimit, onStored }: TriggerWriterOptions): TriggerWriter {
  const waiting: Waiting[] = [];
  const alone = pLimit(ALONE_AT_ONCE);
  let isWriting = false;
  let pressedAt = Number.NEGATIVE_INFINITY;
  let wasPressed = false;

  async function store(
    triggers: readonly Trigger[],
    locked: TriggerChecksOptions['locked'],
  ): Promise<TriggerRow[]> {
    const rows = await triggerChecks(db, triggers, { locked, hourlyLimit });
    const stored = rows.filter(({ is_stored }) => is_stored).length;
    if (stored >= PRESSING) {
      pressedAt = performance.now();
    }
    if (stored > 0) {
      onStored();
    }
    return rows;
  }

  async function writeAlone(trigger: Trigger): Promise<TriggerRow> {
    return takeRow(await alone(() => store([trigger], 'wait')));
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    const triggers = batch.map(({ trigger }) => trigger);
    const rows = await store(triggers, 'skip').catch((error: unknown) => {
      if (batch.length === 1 || error instanceof DatabaseUnavailableError) {
        throw error;
      }
      // One of them made the statement fail: it alone shall.
      return [];
    });
    for (const [index, { trigger, resolve }] of batch.entries()) {
      const row = rows[index];
      // Whoever holds up one app holds up nobody else.
      resolve(row === undefined || row.is_locked ? writeAlone(trigger) : row);
    }
  }

  /** Those who wait would find no other database, and have waited as long as the others: answered in bounded time. */
  function refuse(batch: readonly Waiting[], error: unknown): void {
    const refused = error instanceof DatabaseUnavailableError ? [...batch, ...waiting.splice(0)] : batch;
    for (const { reject } of refused) {
      reject(error);
    }
  }

  function isPressed(): boolean {
    // However long a statement takes, it takes no pressure away.
    return (isWriting && wasPressed) || performance.now() - pressedAt < PRESSED_FOR_MS;
  }

  function writeNext(): void {
    if (isWriting || waiting.length === 0) {
      return;
    }
    wasPressed = isPressed();
    isWriting = true;
    const batch = takeBatch(waiting);
    // Else traces would have it as part of the request before, which set this one off.
    void Promise.resolve(batch[0]?.context.runInAsyncScope(write, undefined, batch))
      .catch((error: unknown) => refuse(batch, error))
      .finally(() => {
        isWriting = false;
        writeNext();
      });
  }

  return {
    write(trigger) {
      const { promise, resolve, reject } = Promise.withResolvers<TriggerRow>();
      waiting.push({ trigger, resolve, reject, context: new AsyncResource('qassandra trigger') });
      writeNext();
      return promise;
    },
    isPressed,
  };
}

/** Takes from the front what may share a statement: no idempotency key twice. */
function takeBatch(waiting: Waiting[]): Waiting[] {
  const keys = new Set<string>();
  let count = 0;
  for (const { trigger } of waiting.slice(0, BATCH_SIZE)) {
    const { idempotency } = trigger;
    if (idempotency && keys.has(idempotency.key)) {
      break;
    }
    if (idempotency) {
      keys.add(idempotency.key);
    }
    count += 1;
  }
  return waiting.splice(0, count);
}
