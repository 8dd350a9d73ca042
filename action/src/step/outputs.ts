import type { Outcome } from '../core/contracts.ts';
import type { ReportFiles } from './temporary-report-files.ts';

/** Creates the values of all outputs of the step. action.yml has their descriptions. */
export function createOutputs(
  { receipt, check, status, conclusion }: Outcome,
  files: ReportFiles | undefined,
): Record<string, string | number> {
  return {
    'check-id': receipt?.check_id ?? '',
    'check-url': receipt?.check_url ?? '',
    status,
    conclusion: conclusion ?? '',
    total: check?.counts.total ?? '',
    passed: check?.counts.passed ?? '',
    failed: check?.counts.failed ?? '',
    skipped: check?.counts.skipped ?? '',
    'report-file': files?.report ?? '',
    'junit-file': files?.junit ?? '',
  };
}
