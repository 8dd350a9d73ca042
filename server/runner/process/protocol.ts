import type { RunnerResult, RunTarget } from '../contract.ts';
import type { NetworkPolicyOptions } from '../network/network-policy.ts';

/** What the parent sends to a check's process. Both sides send plain data: `structuredClone` takes it. */
export type ParentMessage =
  | { readonly type: 'run'; readonly target: RunTarget; readonly network: NetworkSettings }
  /** Ends the run; the process answers `ended` as soon as it has closed what it opened. */
  | { readonly type: 'abort' };

/** Where the check may connect, as plain data. */
export type NetworkSettings = Pick<NetworkPolicyOptions, 'privateTargets'>;

/** What a check's process sends to its parent. */
export type ChildMessage =
  /** Sent every `ALIVE_EVERY_MS` while the event loop turns, with the memory in use, in bytes. */
  | { readonly type: 'alive'; readonly resident: number }
  /** Sent before the work on a page that may take long in one go: if the process then hangs, this is why. */
  | { readonly type: 'reading'; readonly name: string }
  | { readonly type: 'result'; readonly result: RunnerResult }
  /** The run came to its end, or was aborted. */
  | { readonly type: 'ended' }
  /** The check could not run: a `CheckError`. */
  | { readonly type: 'refused'; readonly message: string }
  /** The run ended by a fault of ours. */
  | { readonly type: 'failed'; readonly stack: string };

export const ALIVE_EVERY_MS = 500;
