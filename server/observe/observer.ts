import type { PreExpressHandler } from '../http/before-express/run-before-express.ts';

/** Observes requests from outside and does not change them: the metrics and the traces. */
export interface RequestObserver {
  /** Runs before every handler that may answer. */
  readonly observeRequest: PreExpressHandler;
}
