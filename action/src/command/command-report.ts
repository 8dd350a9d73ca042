import type { EndedCheck } from '../client/answers.ts';
import type { Outcome, Report } from '../core/contracts.ts';
import { describeVerdict, nameBadEnd } from '../core/verdict.ts';
import { formatDuration, toLogText } from '../lib/text.ts';
import { createProgressLog } from '../report/progress-log.ts';
import { createLiveLine } from './live-line.ts';
import { type RequestedReportPaths, writeRequestedReportFiles } from './requested-report-files.ts';
import { createResultLines } from './result-lines.ts';
import type { Terminal } from './terminal.ts';

export interface CommandReportOptions {
  readonly terminal: Terminal;
  readonly inputs: RequestedReportPaths;
  readonly isDebug: boolean;
  /** Aborted when the command must stop. */
  readonly stop: AbortSignal;
}

/** The counts of a new check. */
const NO_COUNTS = { total: 0, passed: 0, failed: 0, skipped: 0 };

/**
 * Creates the report of the command, for a person at a terminal or a CI's log. The step's is in step/step-report.ts.
 */
export function createCommandReport({ terminal, inputs, isDebug, stop }: CommandReportOptions): Report {
  const { print, printError } = terminal;
  const live = createLiveLine(terminal);
  const progress = createProgressLog({
    print: (line) => print(line),
    openGroup: (title) => print(`${title}:`),
    closeGroup: () => undefined,
  });
  const warn = (message: string): void => printError(`Warning: ${message}`, 'yellow');
  const note = (message: string): void => print(message);
  const tellStop = (): void => {
    live.stop();
    note('Cancelling the check …');
  };
  stop.addEventListener('abort', tellStop, { once: true });
  return {
    note,
    warn,
    debug(message) {
      if (isDebug) {
        printError(toLogText(message, 4000), 'dim');
      }
    },
    retrying: (error, pauseMs) => warn(`${error.message} Trying again in ${formatDuration(pauseMs)}.`),
    triggered(receipt) {
      print(`Check: ${toLogText(receipt.check_url, 4000)}`);
      for (const warning of receipt.warnings) {
        warn(toLogText(warning));
      }
      if (terminal.isLive) {
        live.update({ status: receipt.status, counts: NO_COUNTS });
      }
    },
    progressed(check) {
      if (terminal.isLive) {
        live.update(check);
      } else {
        progress.tell(check);
      }
    },
    ended(check, options) {
      live.stop();
      stop.removeEventListener('abort', tellStop);
      if (!terminal.isLive) {
        progress.tell(check);
      }
      for (const warning of check.warnings) {
        warn(toLogText(warning));
      }
      tellVerdict(terminal, check, options);
    },
    async finish(outcome) {
      live.stop();
      for (const line of createResultLines(outcome)) {
        print(line);
      }
      tellLink(terminal, outcome);
      writeRequestedReportFiles(inputs, outcome, warn);
    },
  };
}

function tellVerdict(terminal: Terminal, check: EndedCheck, { isFailing }: { isFailing: boolean }): void {
  const verdict = describeVerdict(check);
  const bad = nameBadEnd(check);
  if (isFailing) {
    terminal.printError(verdict, 'red');
    if (bad === undefined) {
      terminal.printError('The exit code is 1, since `--fail-on` names `success`.');
    }
    return;
  }
  if (bad === undefined) {
    terminal.print(verdict, 'green');
    return;
  }
  // An incomplete success is a warning: standard output alone would look like a success.
  const tell = check.conclusion === 'success' ? terminal.printError : terminal.print;
  tell(check.conclusion === 'success' ? `Warning: ${verdict}` : verdict, 'yellow');
  terminal.print(`The exit code is 0, since \`--fail-on\` does not name ${bad}.`);
}

function tellLink({ print }: Terminal, { receipt, conclusion, problem }: Outcome): void {
  if (receipt === undefined || problem !== undefined) {
    return;
  }
  const url = toLogText(receipt.check_url, 4000);
  print(conclusion === null ? `The check was triggered. Not waiting for its result: ${url}` : `See ${url}`);
}
