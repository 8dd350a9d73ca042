import { accessSync, constants, lstatSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Outcome } from '../core/contracts.ts';
import { InputError, messageOf } from '../lib/errors.ts';
import { toLogText } from '../lib/text.ts';
import { createJunit } from '../report/junit.ts';
import { createReportJson } from '../report/report-json.ts';

/** Where the command writes its reports to; empty where none is wanted. */
export interface RequestedReportPaths {
  readonly reportFile: string;
  readonly junitFile: string;
}

/**
 * Makes way for the reports: what an earlier run has left must not be taken for this one's, and a path that
 * cannot be written to is better known before the check than after.
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
        `\`--${option}\` cannot be written to (${explain(error)}): give the path of a file in a folder of yours.`,
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
 * Nothing but a file is ever removed: the path may be that of a device, as `/dev/stdout` is. Returns whether
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
  // A link that came with the code could lead to any file.
  const target = statSync(path, { throwIfNoEntry: false });
  const isStream = target?.isCharacterDevice() || (found.isSymbolicLink() && target?.isFIFO());
  // A pipe by its own name may have no reader, and would be waited for without end.
  if (!isStream) {
    throw new Error('it is a folder, a pipe or a link to a file');
  }
  return true;
}

/** Where a disk is full, the gate still stands, and half a report is none. */
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
    // That it could not be written has been told.
  }
}

function explain(error: unknown): string {
  return toLogText(messageOf(error), 300);
}
