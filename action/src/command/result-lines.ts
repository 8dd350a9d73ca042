import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { Outcome } from '../core/contracts.ts';
import { type ComparedFailure, compareFailures, markNew } from '../core/failures.ts';
import { countOf, formatDuration, toLogText } from '../lib/text.ts';
import { describeComparison, type Markup } from '../report/comparison.ts';

/** Keep the output readable: the report files list everything. */
const MOST_FAILURES = 100;
const MOST_FLOWS = 5;

const PLAIN: Markup = { text: (value) => toLogText(value, 200), strong: (value) => value };

/** Creates the lines about what failed, what is new and what is fixed; none if there is nothing to show. */
export function createResultLines({ check, comparison }: Outcome): string[] {
  const failures = compareFailures(check?.flows ?? [], comparison);
  const lines = failures.slice(0, MOST_FAILURES).flatMap(describeFailure);
  const left = failures.length - MOST_FAILURES;
  if (left > 0) {
    lines.push(`  … and ${left} more, which \`--report-file\` and the check's page have.`);
  }
  if (lines.length > 0) {
    lines.unshift('Failed:');
  }
  if (comparison !== undefined) {
    const changes = describeComparison(failures, comparison, PLAIN);
    const branch = toLogText(comparison.branch, 255);
    const url = toLogText(comparison.url, 4000);
    lines.push(`Since the last check of ${branch}: ${changes}. That check: ${url}`);
  }
  return lines;
}

function describeFailure(failure: ComparedFailure): string[] {
  const { reason, flows } = failure;
  const [{ name, duration_ms }, ...others] = flows;
  const why = toLogText(reason, 1000);
  const mark = markNew(failure);
  if (others.length === 0) {
    const time = formatDuration(duration_ms);
    return [`  ✕ ${toLogText(name, 300)}: ${why} (${time}${mark === undefined ? '' : `, ${mark}`})`];
  }
  const count = countOf(flows.length, 'flow');
  return [`  ✕ ${why} (${count}${mark === undefined ? '' : `, ${mark}`})`, ...nameFlows(flows)];
}

function nameFlows(flows: readonly FlowResult[]): string[] {
  const lines = flows.slice(0, MOST_FLOWS).map(({ name }) => `      ${toLogText(name, 300)}`);
  const left = flows.length - lines.length;
  return left > 0 ? [...lines, `      … and ${left} more`] : lines;
}
