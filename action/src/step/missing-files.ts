import { existsSync } from 'node:fs';
import * as core from '@actions/core';

/**
 * A container may lack the folder in which the runner keeps its files. The toolkit fails then; without the variable, it
 * prints the outputs and the state for the runner to read.
 */
export function printForMissingFiles(): void {
  const missing = ['GITHUB_OUTPUT', 'GITHUB_STATE'].filter((name) => {
    const path = process.env[name];
    return path !== undefined && path !== '' && !existsSync(path);
  });
  for (const name of missing) {
    delete process.env[name];
  }
  if (missing.length > 0) {
    core.info(
      `The runner's file of ${missing.join(' and ')} is not here, as in a container without the runner's folder for temporary files. What belongs there is printed for the runner instead.`,
    );
  }
}
