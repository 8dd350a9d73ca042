import * as core from '@actions/core';
import { messageOf } from './errors.ts';

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
  tryToSave(STARTED, 'true');
}

export function noteCheckToCancel(checkId: string): void {
  tryToSave(CHECK_ID, checkId);
}

/** The step came to its own end, so that there is nothing left to do. */
export function noteThatRunIsOver(): void {
  tryToSave(OVER, 'true');
}

/** Without it the post step does not know what to do. That is no reason for the step to end here. */
function tryToSave(name: string, value: string): void {
  try {
    core.saveState(name, value);
  } catch (error) {
    core.warning(
      `The post step is not told \`${name}\`, and may leave the check going on: ${messageOf(error)}`,
    );
  }
}

/** The id of the check that the step left behind, if it did. */
export function readCheckToCancel(): string | undefined {
  return core.getState(OVER) === '' ? core.getState(CHECK_ID) || undefined : undefined;
}
