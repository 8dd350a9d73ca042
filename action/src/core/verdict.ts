import type { EndedCheck } from '../client/answers.ts';
import { countOf, toLogText } from '../lib/text.ts';

/** How many failed flows a message names; the summary lists all. */
const NAMED_FLOWS = 3;

/** Describes the result of an ended check in one or two sentences. */
export function describeResult(check: EndedCheck): string {
  const named = check.conclusion === 'failure' ? nameFailedFlows(check) : '';
  return `${describeVerdict(check)} ${named}`.trim();
}

/** The same without the failed flows, for places that list them anyway. */
export function describeVerdict(check: EndedCheck): string {
  const { counts, conclusion } = check;
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  switch (conclusion) {
    case 'error':
      return `The check could not run: ${endSentence(toLogText(check.error ?? 'the server gives no reason'))}`;
    case 'cancelled':
      return `The check was cancelled: ${counts.passed} of ${countOf(counts.total, 'flow')} passed, ${counts.failed} failed${skipped}.`;
    case 'failure':
      return `The check failed: ${counts.failed} of ${countOf(counts.total, 'flow')} failed, ${counts.passed} passed${skipped}.`;
    default:
      return `The check succeeded: ${counts.passed} of ${countOf(counts.total, 'flow')} passed${skipped}.`;
  }
}

function nameFailedFlows(check: EndedCheck): string {
  const failed = check.flows.filter((flow) => flow.status === 'failed');
  const named = failed
    .slice(0, NAMED_FLOWS)
    .map((flow) => `${toLogText(flow.name, 300)} (${toLogText(flow.error ?? 'no reason given', 500)})`);
  const left = failed.length - named.length;
  const more = left > 0 ? `, and ${left} more` : '';
  return named.length === 0 ? '' : `Failed: ${named.join('; ')}${more}.`;
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
