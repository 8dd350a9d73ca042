import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs the scenarios of the action and the command on their sources instead of the bundles. Fails if they do not reach
 * every line and branch. Measures only their own processes: Jest transforms what it runs, so its lines would differ. A
 * killed process writes no coverage.
 */

const root = join(import.meta.dirname, '..', '..', '..');
const SOURCES = 'action/src';
const coverage = mkdtempSync(join(tmpdir(), 'qassandra-coverage-'));

function run(script: string, options: readonly string[]): void {
  const env = { ...process.env, ACTION_ENTRY: 'source', ACTION_COVERAGE: coverage };
  const { status } = spawnSync(process.execPath, [...options], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${script} ended with ${status}.`);
    process.exitCode = 1;
  }
}

/** Files of types alone have nothing to run: nothing ever loads them. */
function listTypeFiles(): string[] {
  return readdirSync(join(root, SOURCES), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(SOURCES, name))
    .filter((path) => {
      const code = stripTypeScriptTypes(readFileSync(join(root, path), 'utf8'));
      return code.replace(/\/\*[\s\S]*?\*\//g, '').trim() === '';
    });
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
  const sources = ['--all', '--src', SOURCES, '--include', `${SOURCES}/**`];
  const excluded = listTypeFiles().flatMap((path) => ['--exclude', path]);
  run('c8', ['node_modules/c8/bin/c8.js', ...report, '--check-coverage', ...sources, ...excluded]);
} finally {
  rmSync(coverage, { recursive: true });
}
