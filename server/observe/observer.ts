import type { Conclusion } from '../features/checks/schema.ts';
import type { ClaimedCheck } from '../features/checks/sql/claim-checks.ts';
import type { PreExpressHandler } from '../http/before-express/run-before-express.ts';

/** Observes requests and checks from outside and changes neither: the metrics and the traces. */
export interface Observer {
  /** Runs before every handler that may answer. */
  readonly observeRequest: PreExpressHandler;
  /**
   * Calls `run`, which runs the check. Resolves with its result: the stored conclusion, or `undefined` if none was
   * stored.
   */
  readonly observeCheck: (
    check: ClaimedCheck,
    run: () => Promise<Conclusion | undefined>,
  ) => Promise<Conclusion | undefined>;
}
