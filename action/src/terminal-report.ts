import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EndedCheck } from './answers.ts';
import type { CommandInputs } from './cli-inputs.ts';
import { InputError, messageOf } from './errors.ts';
import { createJunit } from './junit.ts';
import { createLiveLine } from './live-line.ts';
import { createProgressLog } from './progress-log.ts';
import type { Report } from './report.ts';
import { createReportJson } from './report-files.ts';
import type { Outcome } from './summary.ts';
import type { Terminal } from './terminal.ts';
import { describeOutcome } from './terminal-result.ts';
import { formatDuration, toLogText } from './text.ts';
import { describeVerdict } from './verdict.ts';

export interface TerminalReportOptions {
  readonly terminal: Terminal;
  readonly inputs: Pick<CommandInputs, 'reportFile' | 'junitFile'>;
  readonly isDebug: boolean;
}

/** The report for a person at a terminal, or for a CI's log. */
export function createTerminalReport({ terminal, inputs, isDebug }: TerminalReportOptions): Report {
  const { print, printError } = terminal;
  const live = createLiveLine(terminal);
  const progress = createProgressLog({
    print: (line) => print(line),
    openGroup: (title) => print(`${title}:`),
    closeGroup: () => undefined,
  });
  const warn = (message: string): void => printError(`Warning: ${message}`, 'yellow');
  return {
    note: (message) => print(message),
    warn,
    debug(message) {
      if (isDebug) printError(toLogText(message, 4000), 'dim');
    },
    retrying: (error, pauseMs) => warn(`${error.message} Trying again in ${formatDuration(pauseMs)}.`),
    triggered(receipt) {
      print(`Check: ${toLogText(receipt.check_url, 4000)}`);
      for (const warning of receipt.warnings) warn(toLogText(warning));
    },
    progressed(check) {
      if (terminal.isLive) live.update(check);
      else progress.tell(check);
    },
    ended(check, options) {
      live.stop();
      if (!terminal.isLive) progress.tell(check);
      tellVerdict(terminal, check, options);
    },
    async finish(outcome) {
      live.stop();
      for (const line of describeOutcome(outcome)) print(line);
      tellLink(terminal, outcome);
      writeReports(inputs, outcome, warn);
    },
  };
}

/**
 * Makes way for the reports: what an earlier run has left must not be taken for this one's, and a path that
 * cannot be written to is better known before the check than after.
 */
export function prepareReportFiles({ reportFile, junitFile }: TerminalReportOptions['inputs']): void {
  for (const [option, path] of Object.entries({ 'report-file': reportFile, 'junit-file': junitFile })) {
    if (path === '') continue;
    try {
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
    } catch (error) {
      throw new InputError(
        `\`--${option}\` cannot be written to (${explain(error)}): give the path of a file in a folder of yours.`,
      );
    }
  }
}

function tellVerdict(terminal: Terminal, check: EndedCheck, { isFailing }: { isFailing: boolean }): void {
  const verdict = describeVerdict(check);
  if (isFailing) {
    terminal.printError(verdict, 'red');
    return;
  }
  const isSuccess = check.conclusion === 'success';
  terminal.print(verdict, isSuccess ? 'green' : 'yellow');
  if (!isSuccess) {
    terminal.print(`The exit code is 0, since \`--fail-on\` does not name \`${check.conclusion}\`.`);
  }
}

function tellLink({ print }: Terminal, { receipt, conclusion, problem }: Outcome): void {
  if (receipt === undefined || problem !== undefined) return;
  const url = toLogText(receipt.check_url, 4000);
  print(conclusion === null ? `The check was triggered and is not waited for: ${url}` : `See ${url}`);
}

/** Like with the action's: where a disk is full, the gate still stands. */
function writeReports(
  { reportFile, junitFile }: TerminalReportOptions['inputs'],
  outcome: Outcome,
  warn: (message: string) => void,
): void {
  const { receipt } = outcome;
  // Nothing was triggered, so there is nothing to report.
  if (receipt === undefined) return;
  try {
    if (reportFile !== '') writeFileSync(reportFile, createReportJson(receipt, outcome));
    if (junitFile !== '') writeFileSync(junitFile, createJunit(receipt, outcome));
  } catch (error) {
    warn(`Not all report files were written: ${explain(error)}`);
  }
}

function explain(error: unknown): string {
  return toLogText(messageOf(error), 300);
}
