import type { Logger } from 'pino';
import type { Queryable } from '../../../db/pool.ts';
import type { EndedFlow } from '../../../runner/contract.ts';
import type { FlowResult } from '../schema.ts';
import type { ClaimedCheck } from '../sql/claim-checks.ts';
import { saveProgress } from '../sql/save-progress.ts';

export interface ProgressWriterOptions {
  readonly db: Queryable;
  readonly logger: Logger;
  readonly check: ClaimedCheck;
  /** Called when readers see more flows than before. */
  readonly onChanged: () => void;
}

export interface ProgressWriter {
  /** Saves the flow soon, together with others that end soon after it. */
  add(ended: EndedFlow): void;
  /** Waits for a save that is under way. Flows that are not saved yet are left to the write that ends the check. */
  stop(): Promise<void>;
}

/** Progress is saved at most this often, however fast flows end. */
const SAVE_EVERY_MS = 250;
/**
 * After each save, readers read all flows again. So saves become rarer during a check: at most once in this part of
 * the time that it has run. With thousands of flows, readers then read a hundred times as much and not a thousand.
 */
const SAVE_EVERY_SHARE = 0.05;

/** Saves each flow of a running check once, in the order in which they ended, one save at a time. */
export function createProgressWriter({
  db,
  logger,
  check,
  onChanged,
}: ProgressWriterOptions): ProgressWriter {
  const startedAt = performance.now();
  const unsaved: FlowResult[] = [];
  let position = 0;
  let known: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let saving = Promise.resolve();

  async function save(): Promise<void> {
    const flows = [...unsaved];
    try {
      const lease = { checkId: check.id, leaseToken: check.lease_token };
      if (await saveProgress(db, { ...lease, flows, position, known })) {
        onChanged();
      }
      position += flows.length;
      unsaved.splice(0, flows.length);
    } catch (error) {
      // The flows stay unsaved, and the next save includes them.
      logger.warn({ err: error, check_id: check.id }, 'progress was not saved');
    }
  }

  return {
    add(ended) {
      unsaved.push(ended.flow);
      known = ended.known ?? known;
      timer ??= setTimeout(
        () => {
          timer = undefined;
          saving = saving.then(save);
        },
        Math.max(SAVE_EVERY_MS, SAVE_EVERY_SHARE * (performance.now() - startedAt)),
      );
    },
    async stop() {
      clearTimeout(timer);
      await saving;
    },
  };
}
