import * as core from '@actions/core';
import type { EndedCheck, TriggerReceipt } from '../client/answers.ts';
import type { Outcome, Report } from '../core/contracts.ts';
import { describeResult } from '../core/verdict.ts';
import { ActionError, CheckFailedError, messageOf, type NoKeyError } from '../lib/errors.ts';
import { cutText, formatDuration, toLogText, toSummaryText } from '../lib/text.ts';
import { createProgressLog } from '../report/progress-log.ts';
import { annotateWarning, countWarningsLeft } from './annotations.ts';
import { createOutputs } from './outputs.ts';
import { noteCheckToCancel, noteThatRunIsOver } from './post-state.ts';
import type { ReportFiles } from './temporary-report-files.ts';

/** GitHub shows ten annotations of each type per step. The tenth error is the step's own failure. */
const MOST_FLOWS = 9;

/** Failures matter more than the server's warnings about the trigger. */
const MOST_SERVER_WARNINGS = 3;

const HELP_URL = 'https://github.com/qassandra/qassandra/blob/main/docs/action.md#how-a-step-ends';

/** GitHub's limit for the length of an annotation. */
const ANNOTATION_LENGTH = 4096;

export interface StepReportOptions {
  /** The folder for report files. */
  readonly folder: string;
  /** Writes the comment on the pull request, if the user wants one. */
  readonly comment: ((outcome: Outcome) => Promise<void>) | undefined;
}

/**
 * Creates the report of the step: log, annotations, outputs, summary and files, as GitHub's runner takes them. The
 * command's is in command/command-report.ts.
 */
export function createStepReport({ folder, comment }: StepReportOptions): Report {
  const progress = createProgressLog({
    print: (line) => core.info(line),
    openGroup: (title) => core.startGroup(title),
    closeGroup: () => core.endGroup(),
  });
  const outside = (tell: (message: string) => void) => (message: string) => {
    progress.close();
    tell(message);
  };
  const note = outside((message) => core.info(message));
  return {
    note,
    warn: outside((message) => annotateWarning(message)),
    debug: (message) => core.debug(message),
    retrying: (error, pauseMs) => note(`${error.message} Trying again in ${formatDuration(pauseMs)}.`),
    triggered,
    progressed: (check) => progress.tell(check),
    ended(check, { isFailing }) {
      progress.tell(check);
      progress.close();
      annotateFlows(check, { isFailing });
      if (!isFailing) {
        notePass(check);
      }
    },
    async finish(outcome) {
      progress.close();
      tryToSetOutputs(outcome, await tryToWriteFiles(folder, outcome));
      const { createSummary, SUMMARY_TABLE_BYTES } = await import('../report/summary.ts');
      await writeSummary(createSummary(outcome, SUMMARY_TABLE_BYTES));
      await comment?.(outcome);
      if (outcome.isAbandoned !== true) {
        noteThatRunIsOver();
      }
    },
  };
}

/** Fails the step with one annotation that has the reason and a link to help. */
export function reportFailure(error: ActionError): void {
  const help = error instanceof CheckFailedError ? '' : ` Help: ${HELP_URL}`;
  core.error(cutText(error.message, ANNOTATION_LENGTH - help.length) + help, {
    title: `Qassandra: ${error.title}`,
  });
  process.exitCode = core.ExitCode.Failure;
}

/** Passes the step without a check, and says so in an annotation and the summary. */
export async function reportSkip({ message }: NoKeyError): Promise<void> {
  core.notice(message, { title: 'Qassandra: skipped' });
  await writeSummary(`## ⏭️ Qassandra: skipped\n\n<p>${toSummaryText(message, 4000)}</p>\n`);
}

function triggered({ check_id, check_url, warnings }: TriggerReceipt): void {
  noteCheckToCancel(check_id);
  core.info(`Check: ${toLogText(check_url, 4000)}`);
  for (const warning of warnings.slice(0, MOST_SERVER_WARNINGS)) {
    annotateWarning(toLogText(warning));
  }
  const more = warnings.slice(MOST_SERVER_WARNINGS);
  if (more.length > 0) {
    core.info(toLogText(`The server warns of ${more.length} more: ${more.join(' ')}`, 4000));
  }
}

function annotateFlows(check: EndedCheck, { isFailing }: { isFailing: boolean }): void {
  const annotate = isFailing ? core.error : annotateWarning;
  // The tenth warning is reserved for a comment that could not be written.
  const most = isFailing ? MOST_FLOWS : Math.max(0, countWarningsLeft() - 1);
  const failed = check.flows.filter((flow) => flow.status === 'failed');
  for (const flow of failed.slice(0, most)) {
    const message = `${toLogText(flow.name, 1000)}: ${toLogText(flow.error ?? 'failed', ANNOTATION_LENGTH)}`;
    annotate(cutText(message, ANNOTATION_LENGTH), { title: `Qassandra: ${toLogText(flow.name, 200)}` });
  }
}

function notePass(check: EndedCheck): void {
  const passes =
    check.conclusion === 'success'
      ? ''
      : ` The step passes, since \`fail-on\` does not name \`${check.conclusion}\`.`;
  core.notice(cutText(`${describeResult(check)}${passes}`, ANNOTATION_LENGTH), { title: 'Qassandra' });
}

/** Fails the step if the outputs cannot be set: a later step could take an empty conclusion for a result. */
function tryToSetOutputs(outcome: Outcome, files: ReportFiles | undefined): void {
  try {
    for (const [name, value] of Object.entries(createOutputs(outcome, files))) {
      core.setOutput(name, value);
    }
  } catch (error) {
    reportFailure(
      new ActionError(
        'the outputs were not set',
        `The check's outputs could not be written: ${messageOf(error)}. Check the runner's disk, and its folder for GITHUB_OUTPUT.`,
      ),
    );
  }
}

/**
 * As with the summary, a full disk does not change the result of the gate. The code is loaded here, so that it is not
 * part of the step's start.
 */
async function tryToWriteFiles(folder: string, outcome: Outcome): Promise<ReportFiles | undefined> {
  try {
    const { writeTemporaryReportFiles } = await import('./temporary-report-files.ts');
    return await writeTemporaryReportFiles(folder, outcome);
  } catch (error) {
    annotateWarning(`No report files were written: ${messageOf(error)}`);
    return undefined;
  }
}

/** The summary is for reading only: if it cannot be written (older servers, local runners), the gate's result stays. */
async function writeSummary(markdown: string): Promise<void> {
  try {
    await core.summary.addRaw(markdown).write();
  } catch (error) {
    core.info(`No job summary was written: ${messageOf(error)}`);
  }
}
