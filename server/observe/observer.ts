import type { Conclusion } from '../features/checks/schema.ts';
import type { ClaimedCheck } from '../features/checks/sql/claim-checks.ts';
import type { PreExpressHandler } from '../http/before-express/run-before-express.ts';

/** Sees requests and checks from outside and changes neither: the metrics, the traces. */
export interface Observer {
  /** Runs before everything that answers. */
  readonly observeRequest: PreExpressHandler;
  /** Calls `run`, which runs the check, and returns what it returns: the conclusion that was stored, if one was. */
  readonly observeCheck: (
    check: ClaimedCheck,
    run: () => Promise<Conclusion | undefined>,
  ) => Promise<Conclusion | undefined>;
}
