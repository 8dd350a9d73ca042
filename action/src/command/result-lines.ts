import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { Comparison, Outcome } from '../core/contracts.ts';
import { countOf, formatDuration, toLogText } from '../lib/text.ts';

/** Keeps the output readable: the report files list all failures. */
const MOST_FAILURES = 100;
const NAMED_FIXED = 10;

/** Creates the lines about failed, new and fixed flows; none if there is nothing to show. */
export function createResultLines({ check, comparison }: Outcome): string[] {
  const failed = check?.flows.filter((flow) => flow.status === 'failed') ?? [];
  const isNew = (flow: FlowResult) => comparison?.newlyFailed.has(flow.name) === true;
  // New failures first, so that the limit does not cut them off.
  const sorted = [...failed.filter(isNew), ...failed.filter((flow) => !isNew(flow))];
  const lines = sorted.slice(0, MOST_FAILURES).map((flow) => describeFailure(flow, { isNew: isNew(flow) }));
  const left = failed.length - lines.length;
  if (left > 0) {
    lines.push(`  … and ${left} more, which \`--report-file\` and the check's page have.`);
  }
  if (lines.length > 0) {
    lines.unshift('Failed:');
  }
  if (comparison !== undefined) {
    lines.push(describeComparison(comparison, failed.length));
  }
  return lines;
}

function describeFailure(flow: FlowResult, { isNew }: { isNew: boolean }): string {
  const why = toLogText(flow.error ?? 'no reason given', 1000);
  const time = formatDuration(flow.duration_ms);
  return `  ✕ ${toLogText(flow.name, 300)}: ${why} (${time}${isNew ? ', new' : ''})`;
}

/** Describes what changed since the main branch, like the job summary. */
function describeComparison({ branch, url, newlyFailed, fixed }: Comparison, failed: number): string {
  const named = fixed.slice(0, NAMED_FIXED).map((name) => toLogText(name, 200));
  const more = fixed.length > named.length ? `, and ${fixed.length - named.length} more` : '';
  const parts = [
    newlyFailed.size === 0 ? 'nothing new fails' : countOf(newlyFailed.size, 'new failure'),
    failed > newlyFailed.size ? `${failed - newlyFailed.size} that failed there too` : undefined,
    fixed.length === 0 ? undefined : `fixed: ${named.join(', ')}${more}`,
  ];
  const known = parts.filter((part) => part !== undefined).join('; ');
  return `Since the last check of ${toLogText(branch, 255)}: ${known}. That check: ${toLogText(url, 4000)}`;
}
