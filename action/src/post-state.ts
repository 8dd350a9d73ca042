import * as core from '@actions/core';

/**
 * What the step leaves for its post step, which runs in a process of its own when the workflow was cancelled:
 * the check that nobody waits for any more.
 */

const STARTED = 'started';
const CHECK_ID = 'check-id';
const OVER = 'over';

/** Whether this process is the post step. */
export function isPostStep(): boolean {
  return core.getState(STARTED) !== '';
}

export function noteStart(): void {
  core.saveState(STARTED, 'true');
}

export function noteCheckToCancel(checkId: string): void {
  core.saveState(CHECK_ID, checkId);
}

/** The step came to its own end, so that there is nothing left to do. */
export function noteThatRunIsOver(): void {
  core.saveState(OVER, 'true');
}

/** The id of the check that the step left behind, if it did. */
export function readCheckToCancel(): string | undefined {
  return core.getState(OVER) === '' ? core.getState(CHECK_ID) || undefined : undefined;
}
