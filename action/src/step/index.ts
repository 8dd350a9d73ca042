import { tmpdir } from 'node:os';
import * as core from '@actions/core';
import { waitForFarAddresses } from '../../../server/process/far-addresses.ts';
import { createConnection } from '../core/connection.ts';
import type { RunPorts, StopSignals } from '../core/contracts.ts';
import { listenForStop } from '../core/listen-for-stop.ts';
import { run } from '../core/run.ts';
import { readProxy } from '../inputs/read-proxy.ts';
import { detectSilentEnd } from '../lib/detect-silent-end.ts';
import { NoKeyError, toActionError } from '../lib/errors.ts';
import { HOSTED_SERVICE_URL } from '../lib/hosted-service.ts';
import { annotateWarning } from './annotations.ts';
import { cancelLeftCheck } from './cancel-left-check.ts';
import { createCommenter } from './github/commenter.ts';
import { fetchCommitMessage } from './github/commit-message.ts';
import { printForMissingFiles } from './missing-files.ts';
import { isPostStep, noteAccess, noteStart, readAccess, readCheckToCancel } from './post-state.ts';
import { readStepInputs, type StepInputs } from './step-inputs.ts';
import { createStepReport, reportFailure, reportSkip } from './step-report.ts';
import { STEP_WORDS } from './step-words.ts';

/** Runs the step, or its post step. Any problem, from the first input on, becomes one failed step with one message. */
async function start(): Promise<void> {
  const stop = listenForStop(process, STEP_WORDS);
  try {
    printForMissingFiles();
    await (isPostStep() ? runPostStep() : runStep(stop));
  } catch (error) {
    if (error instanceof NoKeyError) {
      await reportSkip(error);
    } else {
      fail(error);
    }
  }
}

async function runStep(stop: StopSignals): Promise<void> {
  noteStart();
  const inputs = readInputs();
  tellServer(inputs);
  noteAccess(inputs);
  const { requested: signal } = stop;
  const comment = inputs.comment
    ? createCommenter({ inputs, signal, note: core.info, debug: core.debug, warn: annotateWarning })
    : undefined;
  const report = createStepReport({ folder: inputs.reportFolder, comment });
  const connection = createConnection(inputs, { words: STEP_WORDS, report });
  await run(inputs, { report, stop, connection, fetchCommitMessage: createMessageReader(inputs) });
}

async function runPostStep(): Promise<void> {
  const checkId = readCheckToCancel();
  if (checkId === undefined) {
    core.info('Nothing is left to do: the step came to its end, or had triggered no check.');
    return;
  }
  const access = readAccess() ?? readInputs();
  const proxy = readProxy(access.serverUrl, { environment: process.env, mask: core.setSecret });
  const report = createStepReport({ folder: tmpdir(), comment: undefined });
  const connection = createConnection({ ...access, proxy }, { words: STEP_WORDS, report });
  await cancelLeftCheck({ connection, report, checkId });
}

function readInputs(): StepInputs {
  return readStepInputs({ environment: process.env, mask: core.setSecret });
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
waitForFarAddresses();
void start().then(cameToAnEnd).then(endProcess);
