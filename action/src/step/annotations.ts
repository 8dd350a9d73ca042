import * as core from '@actions/core';

/** GitHub shows ten annotations of a type a step. */
const MOST_WARNINGS = 10;

let warned = 0;

/** How many more warnings GitHub would show. */
export function countWarningsLeft(): number {
  return MOST_WARNINGS - warned;
}

/** What is over GitHub's number is a warning in the log alone. */
export function annotateWarning(message: string, properties?: core.AnnotationProperties): void {
  core.warning(message, properties);
  warned += 1;
}
