import type { CheckObserver } from '../features/checks/queue/check-observer.ts';
import type { PreExpressHandler } from '../http/before-express/run-before-express.ts';

/** Observes requests and checks from outside and changes neither: the metrics and the traces. */
export interface Observer {
  /** Runs before every handler that may answer. */
  readonly observeRequest: PreExpressHandler;
  readonly observeCheck: CheckObserver['observeCheck'];
}
