import type { CheckStatus, Conclusion, Flow } from '../../server/checks/schema.ts';
import type { CheckView, TriggerReceipt } from './answers.ts';
import { countOf, formatDuration, toSummaryText } from './text.ts';

/** How a run of the action ended, as far as it got. */
export interface Outcome {
  /** Absent when the trigger was not answered. */
  readonly receipt: TriggerReceipt | undefined;
  /** The check as last seen. */
  readonly check: CheckView | undefined;
  readonly status: CheckStatus;
  /** `null` when the check was not waited for, or not to its end. */
  readonly conclusion: Conclusion | null;
  /** Why the conclusion is not known, or not the check's own. */
  readonly problem?: string | undefined;
}

/** GitHub drops a step's whole summary above 1 MiB; this leaves room for what stands around the table. */
const TABLE_BYTES = 800 * 1024;

/** The job summary. Tables are HTML, in which a name from a tested page cannot start any Markdown. */
export function createSummary(outcome: Outcome): string {
  const { receipt, check, problem } = outcome;
  const parts = [
    `## ${createHeading(outcome)}`,
    createLink(receipt, check),
    problem === undefined ? undefined : `<p>${toSummaryText(problem, 4000)}</p>`,
    check?.error == null ? undefined : `<p>The check could not run: ${toSummaryText(check.error, 4000)}</p>`,
    check === undefined ? undefined : createCountsTable(check),
    check === undefined
      ? undefined
      : createFailuresTable(check.flows.filter((flow) => flow.status === 'failed')),
  ];
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}

function createHeading({ receipt, conclusion, problem }: Outcome): string {
  const name = receipt?.app_name ? `Qassandra · ${escapeHeading(receipt.app_name)}` : 'Qassandra';
  if (conclusion === 'success') return `✅ ${name}: success`;
  if (conclusion !== null) return `❌ ${name}: ${conclusion}`;
  return problem === undefined ? `${name}: check triggered` : `❌ ${name}: result not known`;
}

/** A heading is Markdown, so whatever could be markup there is written as a character reference. */
function escapeHeading(text: string): string {
  return toSummaryText(text, 200).replace(/[\\*_~[\]()#!@]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function createLink(receipt: TriggerReceipt | undefined, check: CheckView | undefined): string | undefined {
  const url = check?.url ?? receipt?.check_url;
  return url === undefined ? undefined : `<p><a href="${toSummaryText(url, 4000)}">Open the check</a></p>`;
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

function createFailuresTable(failed: readonly Flow[]): string | undefined {
  if (failed.length === 0) return undefined;
  const rows: string[] = [];
  let bytes = 0;
  for (const flow of failed) {
    const row = createFailureRow(flow);
    bytes += Buffer.byteLength(row) + 1;
    if (bytes > TABLE_BYTES) break;
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

function createFailureRow(flow: Flow): string {
  const why = toSummaryText(flow.error ?? 'no reason given', 2000);
  return `<tr><td>${toSummaryText(flow.name, 500)}</td><td>${why}</td><td>${formatDuration(flow.duration_ms)}</td></tr>`;
}
