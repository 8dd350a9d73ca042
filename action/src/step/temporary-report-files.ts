import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TriggerReceipt } from '../client/answers.ts';
import { createJunit } from '../report/junit.ts';
import type { Outcome } from '../report/summary.ts';

/** Paths of what was written, for later steps. */
export interface ReportFiles {
  readonly report: string;
  readonly junit: string;
}

/** Writes the JSON and the JUnit report, named after the check: a job may have several. */
export async function writeReportFiles(folder: string, outcome: Outcome): Promise<ReportFiles | undefined> {
  const { receipt } = outcome;
  if (receipt === undefined) {
    return undefined;
  }
  const files = {
    report: join(folder, `qassandra-${receipt.check_id}.json`),
    junit: join(folder, `qassandra-${receipt.check_id}.xml`),
  };
  await writeFile(files.report, createReportJson(receipt, outcome));
  await writeFile(files.junit, createJunit(receipt, outcome));
  return files;
}

/** All that is known at the end, with the check as the server has it. */
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
