import * as core from '@actions/core';
import type { RunInputs } from '../core/contracts.ts';
import { ActionError, messageOf } from '../lib/errors.ts';
import { parseJson, textAt } from '../lib/json.ts';
import { annotateWarning } from './annotations.ts';

/**
 * The state that the step saves for its post step, which runs in its own process when the workflow was cancelled: the
 * check that nobody waits for any more.
 */

const STARTED = 'started';
const CHECK_ID = 'check-id';
const OVER = 'over';
const ACCESS = 'access';

/** What it takes to cancel a check. */
export type ServerAccess = Pick<RunInputs, 'serverUrl' | 'appId' | 'apiKey'>;

/** Whether this process is the post step. */
export function isPostStep(): boolean {
  return core.getState(STARTED) !== '';
}

/**
 * Saves that the step has started. Without this the post step would run as the step and trigger another check, so the
 * step does not start if saving fails.
 */
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

/**
 * Saves how to reach the server: in the post step of an action that a composite action uses, the inputs may be empty or
 * those of another action. Without a file the state is printed, and the key is not for printing: the post step then has
 * its inputs only.
 */
export function noteAccess({ serverUrl, appId, apiKey }: ServerAccess): void {
  if (process.env.GITHUB_STATE) {
    tryToSave(ACCESS, JSON.stringify({ serverUrl, appId, apiKey }));
  }
}

export function noteCheckToCancel(checkId: string): void {
  tryToSave(CHECK_ID, checkId);
}

/** Saves that the step has finished, so that the post step has nothing to do. */
export function noteThatRunIsOver(): void {
  tryToSave(OVER, 'true');
}

/** If saving fails, the post step may leave a check running, or cancel an ended one, which changes nothing. */
function tryToSave(name: string, value: string): void {
  try {
    core.saveState(name, value);
  } catch (error) {
    annotateWarning(`The post step is not told \`${name}\`: ${messageOf(error)}`);
  }
}

/** Returns the id of the check that the step left running, if there is one. */
export function readCheckToCancel(): string | undefined {
  return core.getState(OVER) === '' ? core.getState(CHECK_ID) || undefined : undefined;
}

/** Returns what `noteAccess` has saved, and masks the key again: masks end with their step. */
export function readAccess(): ServerAccess | undefined {
  const saved = parseJson(core.getState(ACCESS));
  const [serverUrl, appId, apiKey] = ['serverUrl', 'appId', 'apiKey'].map((name) => textAt(saved, name));
  if (serverUrl === undefined || appId === undefined || apiKey === undefined) {
    return undefined;
  }
  core.setSecret(apiKey);
  return { serverUrl, appId, apiKey };
}
