import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs the scenarios of the action and the command on their sources instead of the bundles. Fails if they do not reach
 * every line and branch. Measures only their own processes: Jest transforms what it runs, so its lines would differ. A
 * killed process writes no coverage.
 */

const root = join(import.meta.dirname, '..', '..', '..');
const coverage = mkdtempSync(join(tmpdir(), 'qassandra-coverage-'));

function run(script: string, options: readonly string[]): void {
  const env = { ...process.env, ACTION_ENTRY: 'source', ACTION_COVERAGE: coverage };
  const { status } = spawnSync(process.execPath, [...options], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${script} ended with ${status}.`);
    process.exitCode = 1;
  }
}

try {
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  run('jest', [
    ...jest,
    'node_modules/jest/bin/jest.js',
    'test/action',
    'test/command',
    ...process.argv.slice(2),
  ]);
  const report = ['report', '--temp-directory', coverage, '--reporter', 'text', '--100'];
  const sources = ['--all', '--src', 'action/src', '--include', 'action/src/**'];
  run('c8', ['node_modules/c8/bin/c8.js', ...report, '--check-coverage', ...sources]);
} finally {
  rmSync(coverage, { recursive: true });
}
