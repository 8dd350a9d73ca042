import type { WalkLimits } from './link-walker/walk-limits.ts';

/**
 * What a check gives to its runners and gets from them. All of it is plain data that `structuredClone` takes, so
 * that a runner may be in another thread or process.
 */

export interface RunTarget {
  readonly app: AppUnderTest;
  /** The app's flows that this check includes. */
  readonly flows: readonly Flow[];
  readonly settings: CheckSettings;
  /** The trigger asked for it. A runner that always discovers ignores it. */
  readonly discoverFlows: boolean;
}

export interface AppUnderTest {
  readonly id: string;
  /** Where the app is for this check: an absolute `http` or `https` URL. */
  readonly url: string;
}

/** A path through the app, described by a person. This is not possible yet, so a check has none. */
export interface Flow {
  readonly id: string;
  readonly name: string;
}

/**
 * How an app wants to be checked: `checkSettingsSchema` of the checks without what equals its default. A limit that is
 * here is a choice. An absent limit has the runner's default, and a check that stops at a default is incomplete.
 */
export interface CheckSettings {
  /** Pages that are opened, the app's own URL included. */
  readonly max_pages?: number;
  /** Links from the app's own URL to a page. */
  readonly max_depth?: number;
  readonly time_limit_seconds?: number;
  /** From a page's first request to its last asset. */
  readonly page_timeout_seconds?: number;
  /** To one host. */
  readonly requests_at_once?: number;
  /** Globs on path and query. Pages that match none are not opened; the app's own URL always is. */
  readonly include?: readonly string[];
  /** Globs on path and query, instead of `DEFAULT_EXCLUDE`. */
  readonly exclude?: readonly string[];
  readonly external_links?: boolean;
  /** Whether a link to a `#fragment` that its page does not have is a failure. */
  readonly fragments?: boolean;
  /**
   * Sent to the origin of the check's URL, and to one that this redirects to within the same registrable domain. Values
   * hold their secrets.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent where `headers` are. */
  readonly basic_auth?: { readonly username: string; readonly password: string };
  readonly user_agent_suffix?: string;
  /** Whether the link walker runs at all. */
  readonly links?: boolean;
  /** Limits of the link walker that no setting names. */
  readonly limits?: Partial<WalkLimits>;
}

/** The limits that a check has unless its settings say otherwise. Depth has none. */
export const DEFAULT_SETTING_LIMITS = {
  max_pages: 5_000,
  time_limit_seconds: 600,
  page_timeout_seconds: 30,
  requests_at_once: 8,
} as const;

/**
 * Links that are not followed by default: a `GET` of these may end the session that the check was given,
 * or remove something. `link-walker/walk/url-patterns.ts` says how they are written.
 */
export const DEFAULT_EXCLUDE: readonly string[] = [
  '/**/{logout,log-out,log_out,logoff,log-off,signout,sign-out,sign_out}{,/,.php,.asp,.aspx,.jsp,.do}',
  '/**/{delete,remove,destroy,unsubscribe}{,/,.php,.asp,.aspx,.jsp,.do}',
  '/**?{,**&}action={logout,delete,remove,destroy}{,&**}',
];

/** How a flow ended: for the link walker a page, `GET /path?query`. `flowSchema` of the checks is held to it. */
export interface FlowResult {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly duration_ms: number;
  /** Why it failed or was skipped; `null` when it passed. */
  readonly error: string | null;
  /**
   * What is the same in all flows that failed for the same reason: `style /app.css responded 404 Not Found`. `null`
   * when it did not fail.
   */
  readonly cause: string | null;
}

/** The check stopped at a limit that nobody chose, before it had checked everything. */
export interface Incomplete {
  readonly reason: 'page_limit' | 'time_limit' | 'rate_limit';
  /** How many known pages it did not check. */
  readonly left: number;
  /** For the person who reads the check: what happened and what to do. */
  readonly message: string;
}

export interface StepResult {
  /** What was done, in the words of a person: `click Pay`. */
  readonly description: string;
  readonly status: FlowResult['status'];
  readonly duration_ms: number;
  readonly error: string | null;
}

/** A small file that shows what happened: a screenshot, a trace. */
export interface ResultFile {
  /** Unique among the files of its result: `step-3.png`. */
  readonly name: string;
  /** Media type: `image/png`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What a runner yields. A warning is a sentence about the check: what was left out, or only looked at in part. */
export type RunnerResult = EndedFlow | { readonly warning: string } | { readonly incomplete: Incomplete };

/** A flow as it ends. The link walker yields no steps and no files. */
export interface EndedFlow {
  readonly flow: FlowResult;
  /** How many flows the runner knows of so far, with those that have ended. Absent where it cannot tell. */
  readonly known?: number;
  /** In order; absent for a flow without steps. */
  readonly steps?: readonly StepResult[];
  readonly files?: readonly ResultFile[];
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /**
   * Called with a flow's name before work that may take long in one go, such as parsing a page: a runner that is ended
   * in the middle of it has that flow to name.
   */
  readonly onReading?: ((flow: string) => void) | undefined;
}

/**
 * Yields each result as its flow ends and returns when there is nothing left to try. Throws a `CheckError` when
 * the check itself cannot run, for example because the app is unreachable. Stops within a second of `signal` by
 * throwing the signal's reason.
 */
export interface Runner {
  run(target: RunTarget, options: RunOptions): AsyncIterable<RunnerResult>;
}

/** The process that ran the check ended, and not because of what the check did: it was killed, or crashed. */
export class RunnerLostError extends Error {
  override readonly name = 'RunnerLostError';
}

/** The check could not run. `message` is for the person who reads the check: what happened and what to do. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}
