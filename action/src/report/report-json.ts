import type { TriggerReceipt } from '../client/answers.ts';
import type { Outcome } from '../core/contracts.ts';

/** Creates the JSON report: everything known at the end, with the check as the server answered it. */
export function createReportJson(receipt: TriggerReceipt, outcome: Outcome): string {
  const { check, status, conclusion, problem, comparison } = outcome;
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
            newly_failed: [...comparison.newlyFailed],
            fixed: comparison.fixed,
          }
        : null,
      check: check?.document ?? null,
    },
    undefined,
    2,
  )}\n`;
}
