import * as core from '@actions/core';

/** GitHub shows ten annotations of each type per step. */
const MOST_WARNINGS = 10;

let warned = 0;

/** Returns how many more warnings GitHub would show. */
export function countWarningsLeft(): number {
  return MOST_WARNINGS - warned;
}

/** Writes a warning. GitHub shows warnings above its limit in the log only. */
export function annotateWarning(message: string, properties?: core.AnnotationProperties): void {
  core.warning(message, properties);
  warned += 1;
}
