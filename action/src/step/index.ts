import * as core from '@actions/core';
import { createConnection } from '../core/connection.ts';
import type { RunPorts } from '../core/contracts.ts';
import { listenForStop } from '../core/listen-for-stop.ts';
import { run } from '../core/run.ts';
import { detectSilentEnd } from '../lib/detect-silent-end.ts';
import { NoKeyError, toActionError } from '../lib/errors.ts';
import { HOSTED_SERVICE_URL } from '../lib/hosted-service.ts';
import { annotateWarning } from './annotations.ts';
import { cancelLeftCheck } from './cancel-left-check.ts';
import { createCommenter } from './github/commenter.ts';
import { fetchCommitMessage } from './github/commit-message.ts';
import { isPostStep, noteStart, readCheckToCancel } from './post-state.ts';
import { readStepInputs, type StepInputs } from './step-inputs.ts';
import { createStepReport, reportFailure, reportSkip } from './step-report.ts';
import { STEP_WORDS } from './step-words.ts';

/** Runs the step. Any problem, from the first input on, becomes one failed step with one message. */
async function start(): Promise<void> {
  const stop = listenForStop(process, STEP_WORDS);
  const isPost = isPostStep();
  const leftCheckId = readCheckToCancel();
  if (isPost && leftCheckId === undefined) {
    core.info('Nothing is left to do: the step came to its end, or had triggered no check.');
    return;
  }
  try {
    if (!isPost) {
      noteStart();
    }
    const inputs = readStepInputs({ environment: process.env, mask: core.setSecret });
    if (!isPost) {
      tellServer(inputs);
    }
    const { requested: signal } = stop;
    const comment = inputs.comment
      ? createCommenter({ inputs, signal, note: core.info, debug: core.debug, warn: annotateWarning })
      : undefined;
    const report = createStepReport({ folder: inputs.reportFolder, comment });
    const connection = createConnection(inputs, { words: STEP_WORDS, report });
    if (leftCheckId === undefined) {
      await run(inputs, { report, stop, connection, fetchCommitMessage: createMessageReader(inputs) });
    } else {
      await cancelLeftCheck({ connection, report, checkId: leftCheckId });
    }
  } catch (error) {
    if (error instanceof NoKeyError) {
      await reportSkip(error);
    } else {
      fail(error);
    }
  }
}

/** The first line of the log. */
function tellServer({ serverUrl }: StepInputs): void {
  const isDefault = serverUrl === HOSTED_SERVICE_URL;
  core.info(`Server: ${serverUrl}${isDefault ? ', the default of `server-url`' : ''}`);
}

/** Returns `undefined` if GitHub cannot be asked: no token, or not in a workflow. */
function createMessageReader({ github }: StepInputs): RunPorts['fetchCommitMessage'] {
  if (github.token === '' || github.repo === '') {
    return undefined;
  }
  return (options) => fetchCommitMessage({ ...options, github, debug: core.debug });
}

function fail(error: unknown): void {
  reportFailure(toActionError(error, "Qassandra's action"));
}

/**
 * Ends the process even if connections are open: GitHub's client keeps connections that it no longer uses, and opens
 * new ones behind a proxy that closes them. Waits until the output is written.
 */
function endProcess(): void {
  process.stdout.write('', () => process.exit());
}

const cameToAnEnd = detectSilentEnd(fail);
void start().then(cameToAnEnd).then(endProcess);
