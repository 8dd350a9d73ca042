import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJest } from '../jest/run-jest.ts';

/**
 * Runs the scenarios of the action and the command on their sources instead of the bundles. Fails if they do not reach
 * every line and branch. Measures only their own processes: Jest transforms what it runs, so its lines would differ. A
 * killed process writes no coverage.
 */

const root = join(import.meta.dirname, '..', '..', '..');
const SOURCES = 'action/src';
const coverage = mkdtempSync(join(tmpdir(), 'qassandra-coverage-'));

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
  const env = { ACTION_ENTRY: 'source', ACTION_COVERAGE: coverage };
  // The sources start more slowly than the bundles, on a busy machine beyond the usual limit of a test.
  const tests = ['--testTimeout=120000', 'test/action', 'test/command'];
  if (runJest([...tests, ...process.argv.slice(2)], env) !== 0) {
    process.exitCode = 1;
  }
  const report = ['report', '--temp-directory', coverage, '--reporter', 'text', '--100'];
  const sources = ['--all', '--src', SOURCES, '--include', `${SOURCES}/**`];
  const excluded = listTypeFiles().flatMap((path) => ['--exclude', path]);
  const c8 = ['node_modules/c8/bin/c8.js', ...report, '--check-coverage', ...sources, ...excluded];
  if (spawnSync(process.execPath, c8, { cwd: root, stdio: 'inherit' }).status !== 0) {
    process.exitCode = 1;
  }
} finally {
  rmSync(coverage, { recursive: true });
}
