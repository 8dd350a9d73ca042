#!/usr/bin/env node
import { waitForFarAddresses } from '../../../server/process/far-addresses.ts';
import { createConnection } from '../core/connection.ts';
import { listenForStop } from '../core/listen-for-stop.ts';
import { run } from '../core/run.ts';
import { detectSilentEnd } from '../lib/detect-silent-end.ts';
import { ActionError, CheckFailedError, NoKeyError, toActionError } from '../lib/errors.ts';
import { VERSION } from '../lib/version.ts';
import { type CommandInputs, readCommandInputs } from './command-inputs.ts';
import { createCommandReport } from './command-report.ts';
import { COMMAND_WORDS } from './command-words.ts';
import { prepareRequestedReportFiles } from './requested-report-files.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { createUsage } from './usage.ts';

const HELP_URL = 'https://github.com/qassandra/qassandra/blob/main/docs/other-ci.md';

/** Runs the command. Any problem, from the first argument on, becomes one message and the exit code 1. */
async function start(): Promise<void> {
  const { argv, env: environment, stdout, stderr } = process;
  const secrets: string[] = [];
  const terminal = createTerminal({ stdout, stderr, environment, secrets });
  const cameToAnEnd = detectSilentEnd((reason) => fail(reason, terminal));
  try {
    assertRuntime();
    const mask = (secret: string): void => void secrets.push(secret);
    const command = readCommandInputs({
      args: argv.slice(2),
      environment,
      mask,
      prepareReports: prepareRequestedReportFiles,
    });
    if (command === 'help') {
      terminal.print(createUsage());
    } else if (command === 'version') {
      terminal.print(VERSION);
    } else if (command === 'nothing') {
      // Exits with 1: a job that runs only `qassandra` would check nothing and seem to pass.
      terminal.print(createUsage());
      process.exitCode = 1;
    } else {
      await check(command, terminal, { isDebug: (environment.QASSANDRA_DEBUG ?? '') !== '' });
    }
  } catch (error) {
    if (error instanceof NoKeyError) {
      terminal.print(error.message);
    } else {
      fail(error, terminal);
    }
  }
  cameToAnEnd();
}

async function check(
  inputs: CommandInputs,
  terminal: Terminal,
  options: { isDebug: boolean },
): Promise<void> {
  const stop = listenForStop(process, COMMAND_WORDS);
  const report = createCommandReport({ terminal, inputs, stop: stop.requested, ...options });
  await run(inputs, { report, stop, connection: createConnection(inputs, { words: COMMAND_WORDS, report }) });
}

/** npm only warns about a package that needs a newer Node.js. */
function assertRuntime(): void {
  if (typeof URL.parse === 'function') {
    return;
  }
  throw new ActionError('too old', `This needs Node.js 22.18 or later, and found ${process.version}.`);
}

function fail(error: unknown, terminal: Terminal): void {
  process.exitCode = 1;
  // The report has already shown the verdict and the failures.
  if (error instanceof CheckFailedError) {
    return;
  }
  terminal.printError(toActionError(error, 'qassandra').message, 'red');
  terminal.printError(`Help: ${HELP_URL}`);
}

waitForFarAddresses();
void start();
