import * as core from '@actions/core';
import type { CheckView, EndedCheck, TriggerReceipt } from './answers.ts';
import type { RequestError } from './errors.ts';
import { createSummary, type Outcome } from './summary.ts';
import { cutText, formatDuration, toLogText } from './text.ts';
import { describeResult } from './verdict.ts';

/** What a person and the workflow's later steps get to see. */
export interface Report {
  note(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
  /** A request has failed and will be tried again. */
  retrying(error: RequestError, pauseMs: number): void;
  triggered(receipt: TriggerReceipt): void;
  /** The check has not ended; `before` is how it was when last seen. */
  progressed(check: CheckView, before: CheckView | undefined): void;
  /** The check has ended. Annotates what failed, as errors where that fails the step. */
  ended(check: EndedCheck, options: { isFailing: boolean }): void;
  /** Writes outputs and summary: once, when nothing more will come. */
  finish(outcome: Outcome): Promise<void>;
}

/** GitHub shows ten annotations of a type a step; the tenth error is the step's own failure. */
const ANNOTATIONS = 9;

/** GitHub cuts an annotation here. */
const ANNOTATION_LENGTH = 4096;

/** The report as GitHub's runner takes it. */
export function createReport(): Report {
  return {
    note: (message) => core.info(message),
    warn: (message) => core.warning(message),
    debug: (message) => core.debug(message),
    retrying: (error, pauseMs) => core.info(`${error.message} Trying again in ${formatDuration(pauseMs)}.`),
    triggered,
    progressed,
    ended,
    async finish(outcome) {
      setOutputs(outcome);
      await writeSummary(outcome);
    },
  };
}

function triggered(receipt: TriggerReceipt): void {
  core.info(`Check: ${toLogText(receipt.check_url, 4000)}`);
  for (const warning of receipt.warnings.slice(0, ANNOTATIONS)) core.warning(toLogText(warning));
}

function progressed(check: CheckView, before: CheckView | undefined): void {
  const line = describeProgress(check);
  if (before === undefined || line !== describeProgress(before)) core.info(line);
}

function describeProgress({ status, counts }: CheckView): string {
  if (counts.total === 0) return `The check is ${status}.`;
  return `The check is ${status}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped.`;
}

function ended(check: EndedCheck, { isFailing }: { isFailing: boolean }): void {
  const annotate = isFailing ? core.error : core.warning;
  const failed = check.flows.filter((flow) => flow.status === 'failed');
  for (const flow of failed.slice(0, ANNOTATIONS)) {
    const message = `${toLogText(flow.name, 1000)}: ${toLogText(flow.error ?? 'failed', ANNOTATION_LENGTH)}`;
    annotate(cutText(message, ANNOTATION_LENGTH), { title: `Qassandra: ${toLogText(flow.name, 200)}` });
  }
  if (isFailing) return;
  const passes =
    check.conclusion === 'success'
      ? ''
      : ` The step passes, since \`fail-on\` does not name \`${check.conclusion}\`.`;
  core.notice(cutText(`${describeResult(check)}${passes}`, ANNOTATION_LENGTH), { title: 'Qassandra' });
}

function setOutputs({ receipt, check, status, conclusion }: Outcome): void {
  core.setOutput('check-id', receipt?.check_id ?? '');
  core.setOutput('check-url', receipt?.check_url ?? '');
  core.setOutput('status', status);
  core.setOutput('conclusion', conclusion ?? '');
  core.setOutput('total', check?.counts.total ?? '');
  core.setOutput('passed', check?.counts.passed ?? '');
  core.setOutput('failed', check?.counts.failed ?? '');
  core.setOutput('skipped', check?.counts.skipped ?? '');
}

/** A summary is for reading: where none can be written (older servers, local runners), the gate still stands. */
async function writeSummary(outcome: Outcome): Promise<void> {
  try {
    await core.summary.addRaw(createSummary(outcome)).write();
  } catch (error) {
    core.info(`No job summary was written: ${error instanceof Error ? error.message : error}`);
  }
}
