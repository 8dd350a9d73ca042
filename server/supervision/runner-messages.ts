import type { Config } from '../config.ts';
import type { Conclusion } from '../features/checks/schema.ts';

/** What a runner process needs to know. Sent to it, not set in its environment: the address may hold a password, and keys
 * open secrets. */
export interface RunnerSettings
  extends Pick<Config, 'checksAtOnce' | 'privateTargets' | 'logLevel' | 'otlpEndpoint'> {
  readonly connectionString: string;
  /** The newest first. */
  readonly encryptionKeys: readonly Uint8Array[];
}

/** From the server to a runner process. */
export type SupervisorMessage =
  | { readonly type: 'start'; readonly settings: RunnerSettings }
  /** Triggers flood in: claims had better pause for a moment. */
  | { readonly type: 'pressed' }
  /** Ends the runner: it releases its checks first. */
  | { readonly type: 'stop' };

/** From a runner process to the server, which counts the checks for its metrics. */
export type RunnerMessage =
  | { readonly type: 'check-started'; readonly attempts: number }
  | { readonly type: 'check-ended'; readonly conclusion: Conclusion; readonly seconds: number };
