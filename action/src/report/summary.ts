import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { CheckView, TriggerReceipt } from '../client/answers.ts';
import type { Comparison, Outcome } from '../core/contracts.ts';
import { countOf, formatDuration, toSummaryAttribute, toSummaryText } from '../lib/text.ts';

/** GitHub drops a step's whole summary if it exceeds 1 MiB. This leaves room for the rest of the summary. */
export const SUMMARY_TABLE_BYTES = 800 * 1024;

/** How many fixed flows are named. */
const NAMED_FIXED = 10;

/**
 * Creates the job summary, and the text of the comment on a pull request. Tables are HTML: a name from a tested page
 * cannot start Markdown there. The table of failures has at most `tableBytes`.
 */
export function createSummary(outcome: Outcome, tableBytes: number): string {
  const { receipt, check, problem, comparison } = outcome;
  const failed = check?.flows.filter((flow) => flow.status === 'failed') ?? [];
  const parts = [
    `## ${createHeading(outcome)}`,
    createLink(receipt, check),
    problem === undefined ? undefined : `<p>${toSummaryText(problem, 4000)}</p>`,
    check?.error == null ? undefined : `<p>The check could not run: ${toSummaryText(check.error, 4000)}</p>`,
    check === undefined ? undefined : createCountsTable(check),
    comparison && describeComparison(comparison, failed.length),
    createFailuresTable(failed, comparison, tableBytes),
  ];
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}

function createHeading({ receipt, conclusion, problem }: Outcome): string {
  const name = receipt?.app_name ? `Qassandra · ${escapeHeading(receipt.app_name)}` : 'Qassandra';
  if (conclusion === 'success') {
    return `✅ ${name}: success`;
  }
  if (conclusion !== null) {
    return `❌ ${name}: ${conclusion}`;
  }
  return problem === undefined ? `${name}: check triggered` : `❌ ${name}: result not known`;
}

/** A heading is Markdown, so characters that could be markup become character references. */
function escapeHeading(text: string): string {
  return toSummaryText(text, 200).replace(
    /[\\*_~[\]()#]|!(?!-- -->)/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
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

/** Describes what changed since the main branch, which is probably the reader's own change. */
function describeComparison({ branch, url, newlyFailed, fixed }: Comparison, failed: number): string {
  const named = fixed.slice(0, NAMED_FIXED).map((name) => toSummaryText(name, 200));
  const more = fixed.length > named.length ? `, and ${fixed.length - named.length} more` : '';
  const parts = [
    newlyFailed.size === 0
      ? 'nothing new fails'
      : `<strong>${countOf(newlyFailed.size, 'new failure')}</strong>`,
    failed > newlyFailed.size ? `${failed - newlyFailed.size} that failed there too` : undefined,
    fixed.length === 0 ? undefined : `fixed: ${named.join(', ')}${more}`,
  ];
  const link = `<a href="${toSummaryAttribute(url, 4000)}">the last check of ${toSummaryText(branch, 255)}</a>`;
  return `<p>Since ${link}: ${parts.filter((part) => part !== undefined).join('; ')}.</p>`;
}

function createFailuresTable(
  failed: readonly FlowResult[],
  comparison: Comparison | undefined,
  tableBytes: number,
): string | undefined {
  if (failed.length === 0) {
    return undefined;
  }
  // New failures first, so that the limit does not cut them off.
  const isNew = (flow: FlowResult) => comparison?.newlyFailed.has(flow.name) === true;
  const sorted = [...failed.filter(isNew), ...failed.filter((flow) => !isNew(flow))];
  const rows: string[] = [];
  let bytes = 0;
  for (const flow of sorted) {
    const row = createFailureRow(flow, { isNew: isNew(flow) });
    bytes += Buffer.byteLength(row) + 1;
    if (bytes > tableBytes) {
      break;
    }
    rows.push(row);
  }
  const left = failed.length - rows.length;
  const table = ['<table>', '<tr><th>Failed</th><th>Why</th><th>After</th></tr>', ...rows, '</table>'].join(
    '\n',
  );
  return left === 0
    ? table
    : `${table}\n\n<p>${countOf(left, 'more failed flow')} left out here: see the check.</p>`;
}

function createFailureRow(flow: FlowResult, { isNew }: { isNew: boolean }): string {
  const name = `${toSummaryText(flow.name, 500)}${isNew ? ' <strong>(new)</strong>' : ''}`;
  const why = toSummaryText(flow.error ?? 'no reason given', 2000);
  return `<tr><td>${name}</td><td>${why}</td><td>${formatDuration(flow.duration_ms)}</td></tr>`;
}
