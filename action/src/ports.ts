import type { ApiConnection } from './api-client.ts';
import type { CommitMessageOptions } from './prepare-metadata.ts';
import type { Report } from './report.ts';
import type { StopSignals } from './stop-signals.ts';

/** What a run needs of the world around it. */
export interface RunPorts {
  readonly connection: ApiConnection;
  readonly report: Report;
  readonly stop: StopSignals;
  /** Asks where the code is kept, for what nobody has said; absent where nothing can be asked. */
  readonly fetchCommitMessage?: ((options: CommitMessageOptions) => Promise<string | undefined>) | undefined;
}
