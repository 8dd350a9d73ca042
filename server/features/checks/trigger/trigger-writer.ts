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
import { createTriggerPressure } from './trigger-pressure.ts';

/** Stores triggers. */
export interface TriggerWriter {
  /** Resolves once the trigger is durable. */
  write(trigger: Trigger): Promise<TriggerRow>;
  /** Whether triggers flood in from authorized callers, so that other work should wait. */
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
  /** The context of the trigger's own request. Costs less than half of `AsyncLocalStorage.snapshot`. */
  readonly context: AsyncResource;
}

/**
 * Triggers of locked apps run in separate statements that wait. Few at once, so that the pool stays free for others.
 */
const ALONE_AT_ONCE = 2;
/** Bounds the memory of one statement: a body has at most 64 KiB. */
const BATCH_SIZE = 64;

/**
 * Triggers that arrive while others are being stored share the next statement, its round trip and its commit. No timer:
 * the first runs at once, and the size of a batch follows from how many arrive. One statement at a time: two would wait
 * for each other's locks on the app, and split the triggers into smaller batches.
 *
 * A trigger only joins a statement that has not begun, so the statement sees a key that was replaced before the request
 * arrived.
 */
export function createTriggerWriter({ db, hourlyLimit, onStored }: TriggerWriterOptions): TriggerWriter {
  const waiting: Waiting[] = [];
  const alone = pLimit(ALONE_AT_ONCE);
  const pressure = createTriggerPressure();
  let isWriting = false;

  async function store(triggers: readonly Trigger[], locked: TriggerChecksOptions['locked']) {
    const rows = await triggerChecks(db, triggers, { locked, hourlyLimit });
    const stored = rows.filter(({ is_stored }) => is_stored).length;
    pressure.noteStored(stored);
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
      // One trigger made the statement fail: run each alone, so that only that one fails.
      return [];
    });
    for (const [index, { trigger, resolve }] of batch.entries()) {
      const row = rows[index];
      // A locked app must not delay other apps: write its trigger separately.
      resolve(row === undefined || row.is_locked ? writeAlone(trigger) : row);
    }
  }

  /** If the database is away, refuses the waiting triggers too: they would fail as well, and must not wait for ever. */
  function refuse(batch: readonly Waiting[], error: unknown): void {
    const refused = error instanceof DatabaseUnavailableError ? [...batch, ...waiting.splice(0)] : batch;
    for (const { reject } of refused) {
      reject(error);
    }
  }

  function writeNext(): void {
    if (isWriting || waiting.length === 0) {
      return;
    }
    isWriting = true;
    pressure.begin();
    const batch = takeBatch(waiting);
    // Run in the context of its own request: otherwise traces would add the statement to the previous request.
    void Promise.resolve(batch[0]?.context.runInAsyncScope(write, undefined, batch))
      .catch((error: unknown) => refuse(batch, error))
      .finally(() => {
        isWriting = false;
        pressure.end();
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
    isPressed: pressure.isPressed,
  };
}

/** Takes triggers from the start of the line that may share a statement: no idempotency key twice. */
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
