import * as core from '@actions/core';
import { ActionError, messageOf } from '../lib/errors.ts';
import { annotateWarning } from './annotations.ts';

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

/** Without it the post step would take itself for the step, and trigger another check: nothing is begun then. */
export function noteStart(): void {
  try {
    core.saveState(STARTED, 'true');
  } catch (error) {
    throw new ActionError(
      'the state was not saved',
      `The step's state could not be written, so nothing was triggered: ${messageOf(error)}. Check the runner's disk, and its folder for GITHUB_STATE.`,
    );
  }
}

export function noteCheckToCancel(checkId: string): void {
  tryToSave(CHECK_ID, checkId);
}

/** The step came to its own end, so that there is nothing left to do. */
export function noteThatRunIsOver(): void {
  tryToSave(OVER, 'true');
}

/** Without these the post step may leave a check going on, or cancel one that has ended, which changes nothing. */
function tryToSave(name: string, value: string): void {
  try {
    core.saveState(name, value);
  } catch (error) {
    annotateWarning(`The post step is not told \`${name}\`: ${messageOf(error)}`);
  }
}

/** The id of the check that the step left behind, if it did. */
export function readCheckToCancel(): string | undefined {
  return core.getState(OVER) === '' ? core.getState(CHECK_ID) || undefined : undefined;
}
