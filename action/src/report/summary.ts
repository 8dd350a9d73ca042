import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { CheckView, TriggerReceipt } from '../client/answers.ts';
import type { Comparison, Outcome } from '../core/contracts.ts';
import { type ComparedFailure, compareFailures, markNew } from '../core/failures.ts';
import { describeIncomplete } from '../core/verdict.ts';
import { countOf, formatDuration, toHeadingText, toSummaryAttribute, toSummaryText } from '../lib/text.ts';
import { describeComparison, type Markup } from './comparison.ts';

/** GitHub drops a step's whole summary if it exceeds 1 MiB. This leaves room for the rest of the summary. */
export const SUMMARY_TABLE_BYTES = 800 * 1024;

/** How many flows of a failure, and warnings of a check, are listed. */
const LISTED_FLOWS = 100;
const LISTED_WARNINGS = 20;

const HTML: Markup = {
  text: (value) => toSummaryText(value, 200),
  strong: (value) => `<strong>${value}</strong>`,
};

/**
 * Creates the job summary, and the text of the comment on a pull request. Tables are HTML: a name from a tested page
 * cannot start Markdown there. The table of failures has at most `tableBytes`.
 */
export function createSummary(outcome: Outcome, tableBytes: number): string {
  const { receipt, check, problem, comparison } = outcome;
  const failures = compareFailures(check?.flows ?? [], comparison);
  const parts = [
    `## ${createHeading(outcome)}`,
    createLink(receipt, check),
    problem === undefined ? undefined : `<p>${toSummaryText(problem, 4000)}</p>`,
    check?.error == null ? undefined : `<p>The check could not run: ${toSummaryText(check.error, 4000)}</p>`,
    check?.incomplete
      ? `<p>⚠️ <strong>Incomplete:</strong> ${toSummaryText(describeIncomplete(check.incomplete), 4000)}</p>`
      : undefined,
    check === undefined ? undefined : createCountsTable(check),
    comparison && createComparison(failures, comparison),
    createFailuresTable(failures, tableBytes),
    createWarnings(check?.warnings ?? []),
  ];
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}

function createHeading({ receipt, check, conclusion, problem }: Outcome): string {
  const name = receipt?.app_name ? `Qassandra · ${toHeadingText(receipt.app_name, 200)}` : 'Qassandra';
  if (conclusion === 'success') {
    return check?.incomplete ? `⚠️ ${name}: incomplete` : `✅ ${name}: success`;
  }
  if (conclusion !== null) {
    return `❌ ${name}: ${conclusion}`;
  }
  return problem === undefined ? `${name}: check triggered` : `❌ ${name}: result not known`;
}

function createLink(receipt: TriggerReceipt | undefined, check: CheckView | undefined): string | undefined {
  const url = check?.url ?? receipt?.check_url;
  return url === undefined
    ? undefined
    : `<p><a href="${toSummaryAttribute(url, 4000)}">Open the check</a></p>`;
}

function createCountsTable({ counts, started_at, finished_at }: CheckView): string {
  const ms = Date.parse(finished_at ?? '') - Date.parse(started_at ?? '');
  const duration = Number.isNaN(ms) ? '–' : formatDuration(Math.max(0, ms));
  const cells = [counts.total, counts.passed, counts.failed, counts.skipped, duration];
  return [
    '<table>',
    '<tr><th>Flows</th><th>Passed</th><th>Failed</th><th>Skipped</th><th>Duration</th></tr>',
    `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
    '</table>',
  ].join('\n');
}

function createComparison(failures: readonly ComparedFailure[], comparison: Comparison): string {
  const branch = toSummaryText(comparison.branch, 255);
  const link = `<a href="${toSummaryAttribute(comparison.url, 4000)}">the last check of ${branch}</a>`;
  return `<p>Since ${link}: ${describeComparison(failures, comparison, HTML)}.</p>`;
}

function createFailuresTable(failures: readonly ComparedFailure[], tableBytes: number): string | undefined {
  if (failures.length === 0) {
    return undefined;
  }
  const rows: string[] = [];
  let bytes = 0;
  for (const failure of failures) {
    const row = createFailureRow(failure);
    bytes += Buffer.byteLength(row) + 1;
    if (bytes > tableBytes) {
      break;
    }
    rows.push(row);
  }
  const left = failures.slice(rows.length).reduce((sum, { flows }) => sum + flows.length, 0);
  const table = ['<table>', '<tr><th>Failed</th><th>Why</th><th>After</th></tr>', ...rows, '</table>'].join(
    '\n',
  );
  return left === 0
    ? table
    : `${table}\n\n<p>${countOf(left, 'more failed flow')} left out here: see the check.</p>`;
}

function createFailureRow(failure: ComparedFailure): string {
  const { reason, flows } = failure;
  const mark = markNew(failure);
  const suffix = mark === undefined ? '' : ` <strong>(${mark})</strong>`;
  const name = flows.length === 1 ? toSummaryText(flows[0].name, 500) + suffix : listFlows(failure, suffix);
  const longest = Math.max(...flows.map(({ duration_ms }) => duration_ms));
  return `<tr><td>${name}</td><td>${toSummaryText(reason, 2000)}</td><td>${formatDuration(longest)}</td></tr>`;
}

/** Lists the flows of a failure under their number, which a click opens. */
function listFlows({ reason, flows }: ComparedFailure, suffix: string): string {
  const names = flows.slice(0, LISTED_FLOWS).map((flow) => describeFlow(flow, reason));
  const left = flows.length - names.length;
  const more = left > 0 ? [`and ${left} more`] : [];
  const summary = `<summary>${countOf(flows.length, 'flow')}${suffix}</summary>`;
  return `<details>${summary}${[...names, ...more].join('<br>')}</details>`;
}

/** Also shows the part of a flow's error that it does not share. */
function describeFlow({ name, error }: FlowResult, reason: string): string {
  const more = error === null || error === reason ? '' : `: ${toSummaryText(error, 300)}`;
  return toSummaryText(name, 200) + more;
}

function createWarnings(warnings: readonly string[]): string | undefined {
  if (warnings.length === 0) {
    return undefined;
  }
  const left = warnings.length - LISTED_WARNINGS;
  const items = warnings.slice(0, LISTED_WARNINGS).map((warning) => toSummaryText(warning, 1000));
  const all = left > 0 ? [...items, `and ${left} more: see the check`] : items;
  return `<p>Warnings:</p>\n<ul>\n${all.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`;
}
