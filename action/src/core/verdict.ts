import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { EndedCheck, IncompleteView } from '../client/answers.ts';
import type { FailCondition } from '../lib/conclusions.ts';
import { countOf, listSome, toLogText } from '../lib/text.ts';
import { type Failure, listFailures } from './failures.ts';

/** How many failures, and flows of each, a message names; the summary lists all. */
const NAMED = 3;

/** Describes the result of an ended check in a few sentences. */
export function describeResult(check: EndedCheck): string {
  const named = check.conclusion === 'failure' ? nameFailures(listFailures(check.flows)) : '';
  return `${describeVerdict(check)} ${named}`.trim();
}

/** The same without the failures, for places that list them anyway. */
export function describeVerdict(check: EndedCheck): string {
  const { conclusion, incomplete } = check;
  const counts = describeCounts(check);
  const why = incomplete && describeIncomplete(incomplete);
  switch (conclusion) {
    case 'error':
      return `The check could not run: ${endSentence(toLogText(check.error ?? 'the server gives no reason'))}`;
    case 'cancelled':
      return `The check was cancelled: ${counts}`;
    case 'failure':
      return `The check failed: ${counts}${why === null ? '' : ` It is incomplete too: ${why}`}`;
    default:
      return why === null ? `The check succeeded: ${counts}` : `The check is incomplete: ${why} ${counts}`;
  }
}

/** Says why a check is incomplete, and how much of the app it left out. */
export function describeIncomplete({ message, left }: IncompleteView): string {
  const unseen = left === 0 ? '' : ` Not checked: ${countOf(left, 'known page')}.`;
  return endSentence(toLogText(message)) + unseen;
}

/** Lists the conditions of a check's end that `fail-on` can name. */
export function listFailConditions({ conclusion, incomplete }: EndedCheck): FailCondition[] {
  return incomplete === null ? [conclusion] : [conclusion, 'incomplete'];
}

/** Names what is bad about a check's end, as `fail-on` does: `failure` or `incomplete`; undefined for a good end. */
export function nameBadEnd(check: EndedCheck): string | undefined {
  const bad = listFailConditions(check).filter((condition) => condition !== 'success');
  return bad.length === 0 ? undefined : bad.map((condition) => `\`${condition}\``).join(' or ');
}

/** Names the flows of a failure. */
export function nameFlows(flows: readonly FlowResult[]): string {
  return listSome(
    flows.map(({ name }) => toLogText(name, 300)),
    NAMED,
  );
}

function describeCounts({ conclusion, counts, flows }: EndedCheck): string {
  const { total, passed, failed } = counts;
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  switch (conclusion) {
    case 'cancelled':
      return `${passed} of ${countOf(total, 'flow')} passed, ${failed} failed${skipped}.`;
    case 'failure':
      return `${failed} of ${countOf(total, 'flow')} failed${countReasons(flows)}, ${passed} passed${skipped}.`;
    default:
      return `${passed} of ${countOf(total, 'flow')} passed${skipped}.`;
  }
}

/** The number of reasons is only worth telling if flows share one. */
function countReasons(flows: readonly FlowResult[]): string {
  const failures = listFailures(flows);
  const isShared = failures.some((failure) => failure.flows.length > 1);
  return isShared ? ` for ${countOf(failures.length, 'reason')}` : '';
}

function nameFailures(failures: readonly Failure[]): string {
  const named = failures
    .slice(0, NAMED)
    .map(({ reason, flows: [first, ...others] }) =>
      others.length === 0
        ? `${toLogText(first.name, 300)} (${toLogText(reason, 500)})`
        : `${toLogText(reason, 500)} (${countOf(others.length + 1, 'flow')}: ${nameFlows([first, ...others])})`,
    );
  const left = failures.length - named.length;
  const more = left > 0 ? `, and ${left} more` : '';
  return named.length === 0 ? '' : `Failed: ${named.join('; ')}${more}.`;
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
