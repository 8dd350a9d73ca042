import * as core from '@actions/core';

/** GitHub shows ten annotations of a type a step. */
const MOST_WARNINGS = 10;

let warned = 0;

/** How many more warnings GitHub would show. */
export function countWarningsLeft(): number {
  return Math.max(0, MOST_WARNINGS - warned);
}

/** What is over GitHub's number is still a line of the log. */
export function annotateWarning(message: string, properties?: core.AnnotationProperties): void {
  if (countWarningsLeft() > 0) core.warning(message, properties);
  else core.info(`Warning: ${message}`);
  warned += 1;
}
