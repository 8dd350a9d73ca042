import * as core from '@actions/core';
import type { EndedCheck, TriggerReceipt } from '../client/answers.ts';
import type { Outcome, Report } from '../core/contracts.ts';
import { listFailures } from '../core/failures.ts';
import { describeResult, nameBadEnd, nameFlows } from '../core/verdict.ts';
import { ActionError, CheckFailedError, messageOf, type NoKeyError } from '../lib/errors.ts';
import { countOf, cutText, formatDuration, toLogText, toSummaryText } from '../lib/text.ts';
import { createProgressLog } from '../report/progress-log.ts';
import { annotateWarning, countWarningsLeft } from './annotations.ts';
import { createOutputs } from './outputs.ts';
import { noteCheckToCancel, noteThatRunIsOver } from './post-state.ts';
import type { ReportFiles } from './temporary-report-files.ts';

/** GitHub shows ten annotations of each type per step. The tenth error is the step's own failure. */
const MOST_FAILURES = 9;

/** Failures matter more than the server's warnings about the trigger, and about the check. */
const MOST_TRIGGER_WARNINGS = 3;
const MOST_CHECK_WARNINGS = 2;

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
      tellWarnings(check.warnings, MOST_CHECK_WARNINGS);
      annotateFailures(check, { isFailing });
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
  tellWarnings(warnings, MOST_TRIGGER_WARNINGS);
}

function tellWarnings(warnings: readonly string[], most: number): void {
  for (const warning of warnings.slice(0, most)) {
    annotateWarning(toLogText(warning));
  }
  const more = warnings.slice(most);
  if (more.length > 0) {
    core.info(toLogText(`The server warns of ${more.length} more: ${more.join(' ')}`, 4000));
  }
}

function annotateFailures(check: EndedCheck, { isFailing }: { isFailing: boolean }): void {
  const annotate = isFailing ? core.error : annotateWarning;
  // The tenth warning is reserved for a comment that could not be written; another one for what `notePass` warns of.
  const reserved = check.incomplete === null ? 1 : 2;
  const most = isFailing ? MOST_FAILURES : Math.max(0, countWarningsLeft() - reserved);
  for (const { reason, flows } of listFailures(check.flows).slice(0, most)) {
    const [{ name, error, cause }, ...others] = flows;
    const message =
      others.length === 0
        ? `${toLogText(name, 1000)}: ${toLogText(error ?? cause ?? 'failed', ANNOTATION_LENGTH)}`
        : `${toLogText(reason, 1000)} (${countOf(flows.length, 'flow')}: ${nameFlows(flows)})`;
    const title = toLogText(others.length === 0 ? name : reason, 200);
    annotate(cutText(message, ANNOTATION_LENGTH), { title: `Qassandra: ${title}` });
  }
}

function notePass(check: EndedCheck): void {
  const bad = nameBadEnd(check);
  const passes = bad === undefined ? '' : ` The step passes, since \`fail-on\` does not name ${bad}.`;
  const message = cutText(`${describeResult(check)}${passes}`, ANNOTATION_LENGTH);
  const note = check.incomplete === null ? core.notice : annotateWarning;
  note(message, { title: 'Qassandra' });
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
