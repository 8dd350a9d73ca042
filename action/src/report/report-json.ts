import type { TriggerReceipt } from '../client/answers.ts';
import type { Outcome } from '../core/contracts.ts';
import { compareFailures } from '../core/failures.ts';

/** Creates the JSON report: everything known at the end, with the check as the server answered it. */
export function createReportJson(receipt: TriggerReceipt, outcome: Outcome): string {
  const { check, status, conclusion, problem, comparison } = outcome;
  const failures = compareFailures(check?.flows ?? [], comparison);
  return `${JSON.stringify(
    {
      check_id: receipt.check_id,
      check_url: receipt.check_url,
      app_id: receipt.app_id,
      app_name: receipt.app_name,
      status,
      conclusion,
      problem: problem ?? null,
      compared_with: comparison
        ? {
            branch: comparison.branch,
            url: comparison.url,
            newly_failed: [...new Set(comparison.newlyFailed.map(({ name }) => name))],
            fixed: comparison.fixed.map(({ name }) => name),
          }
        : null,
      incomplete: check?.incomplete ?? null,
      warnings: check?.warnings ?? [],
      failures: failures.map(({ reason, flows, newFlows }) => ({
        reason,
        flows: flows.map(({ name }) => name),
        newly_failed: comparison ? newFlows : null,
      })),
      check: check?.document ?? null,
    },
    undefined,
    2,
  )}\n`;
}
