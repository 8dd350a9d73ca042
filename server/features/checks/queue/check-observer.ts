import type { Conclusion } from '../schema.ts';
import type { ClaimedCheck } from '../sql/claim-checks.ts';

/** Watches the checks that a process runs, and does not change them: the metrics, the traces. */
export interface CheckObserver {
  /** Calls `run`, which runs the check, and returns its result: the conclusion, or `undefined` if none was stored. */
  readonly observeCheck: (
    check: ClaimedCheck,
    run: () => Promise<Conclusion | undefined>,
  ) => Promise<Conclusion | undefined>;
}
