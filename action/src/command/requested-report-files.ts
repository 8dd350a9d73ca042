import { accessSync, constants, lstatSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Outcome } from '../core/contracts.ts';
import { InputError, messageOf } from '../lib/errors.ts';
import { toLogText } from '../lib/text.ts';
import { createJunit } from '../report/junit.ts';
import { createReportJson } from '../report/report-json.ts';

/** The report paths that the user asked for; empty if not wanted. */
export interface RequestedReportPaths {
  readonly reportFile: string;
  readonly junitFile: string;
}

/**
 * Prepares the paths before the check: removes reports of an earlier run, which must not be taken for this one's, and
 * refuses a path that cannot be written.
 */
export function prepareRequestedReportFiles({ reportFile, junitFile }: RequestedReportPaths): void {
  const isBoth = reportFile !== '' && junitFile !== '';
  if (isBoth && resolve(reportFile) === resolve(junitFile)) {
    throw new InputError('`--report-file` and `--junit-file` name the same file: give each its own.');
  }
  for (const [option, path] of Object.entries({ 'report-file': reportFile, 'junit-file': junitFile })) {
    if (path === '') {
      continue;
    }
    try {
      prepare(path);
    } catch (error) {
      throw new InputError(
        `\`--${option}\` cannot be written (${explain(error)}). Give a path in a folder that you can write to.`,
      );
    }
  }
}

function prepare(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const isLeft = removeFile(path);
  accessSync(isLeft ? path : dirname(path), constants.W_OK);
}

/**
 * Removes a regular file and nothing else: the path may be that of a device, such as `/dev/stdout`. Returns whether
 * something is still there.
 */
function removeFile(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    return false;
  }
  if (found.isFile()) {
    rmSync(path);
    return false;
  }
  // A link in the checked-out code could point to any file.
  const target = statSync(path, { throwIfNoEntry: false });
  const isStream = target?.isCharacterDevice() || (found.isSymbolicLink() && target?.isFIFO());
  // Opening a named pipe without a reader would block for ever.
  if (!isStream) {
    throw new Error('it is a folder, a pipe or a link to a file');
  }
  return true;
}

/**
 * Writes the reports to the paths that the user asked for. A full disk does not change the result of the gate. An
 * incomplete report is removed. The step writes to a temporary folder: step/temporary-report-files.ts.
 */
export function writeRequestedReportFiles(
  { reportFile, junitFile }: RequestedReportPaths,
  outcome: Outcome,
  warn: (message: string) => void,
): void {
  const { receipt } = outcome;
  // Nothing was triggered, so there is nothing to report.
  if (receipt === undefined) {
    return;
  }
  const contents: [string, () => string][] = [
    [reportFile, () => createReportJson(receipt, outcome)],
    [junitFile, () => createJunit(receipt, outcome)],
  ];
  for (const [path, create] of contents) {
    if (path === '') {
      continue;
    }
    try {
      writeFileSync(path, create());
    } catch (error) {
      warn(`The report ${toLogText(path, 300)} was not written: ${explain(error)}`);
      discard(path);
    }
  }
}

function discard(path: string): void {
  try {
    removeFile(path);
  } catch {
    // The warning about the report has been shown.
  }
}

function explain(error: unknown): string {
  return toLogText(messageOf(error), 300);
}
