import type { ApiConnection } from './api-client.ts';
import type { Report } from './report.ts';
import type { StopSignals } from './stop-signals.ts';

/** What a run needs of the world around it. */
export interface RunPorts {
  readonly connection: ApiConnection;
  readonly report: Report;
  readonly stop: StopSignals;
}
