import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../core/contracts.ts';
import { createJunit } from '../report/junit.ts';
import { createReportJson } from '../report/report-json.ts';

/** The paths of the written files, for later steps. */
export interface ReportFiles {
  readonly report: string;
  readonly junit: string;
}

/**
 * Writes the JSON and the JUnit report into the runner's temporary folder. They are named after the check, since a job
 * may have several. The command writes to paths that the user chose: command/requested-report-files.ts.
 */
export async function writeTemporaryReportFiles(
  wanted: string,
  outcome: Outcome,
): Promise<ReportFiles | undefined> {
  const { receipt } = outcome;
  if (receipt === undefined) {
    return undefined;
  }
  const folder = await makeFolder(wanted);
  const files = {
    report: join(folder, `qassandra-${receipt.check_id}.json`),
    junit: join(folder, `qassandra-${receipt.check_id}.xml`),
  };
  await writeFile(files.report, createReportJson(receipt, outcome));
  await writeFile(files.junit, createJunit(receipt, outcome));
  return files;
}

/** A container may lack the runner's folder. If that folder cannot be created, the system's own is used. */
async function makeFolder(folder: string): Promise<string> {
  return await mkdir(folder, { recursive: true }).then(() => folder, tmpdir);
}
