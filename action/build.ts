import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLicenses } from './licenses.ts';

/**
 * Builds the bundle that GitHub runs: `node action/build.ts` writes action/dist, which is committed;
 * `node action/build.ts --check` fails where what is committed is not what the sources make.
 */

const root = join(import.meta.dirname, '..');
const dist = join(root, 'action', 'dist');

if (process.argv.includes('--check')) check();
else bundle(dist);

function check(): void {
  const fresh = mkdtempSync(join(tmpdir(), 'qassandra-dist-'));
  try {
    bundle(fresh);
    const stale = listDifferences(dist, fresh);
    if (stale.length === 0) return;
    console.error('action/dist is not what action/src makes. Run `npm run build` and commit these files:');
    for (const name of stale) console.error(`  action/dist/${name}`);
    process.exitCode = 1;
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

/**
 * TypeScript first, then ncc on its JavaScript: ncc's own TypeScript support needs a compiler API that
 * TypeScript 7 does not have. Not minified: that would start slower, and hide what runs. The folder between
 * the two has a fixed name, since ncc writes it into the bundle.
 */
function bundle(folder: string): void {
  const compiled = join(root, 'build', 'action');
  rmSync(compiled, { recursive: true, force: true });
  runTool('typescript/bin/tsc', ['-p', 'action/tsconfig.json']);
  rmSync(folder, { recursive: true, force: true });
  const entry = join(compiled, 'action', 'src', 'index.js');
  const statsFile = join(compiled, 'stats.json');
  const options = ['--out', folder, '--stats-out', statsFile, '--no-cache', '--quiet'];
  runTool('@vercel/ncc/dist/ncc/cli.js', ['build', entry, ...options]);
  const stats: unknown = JSON.parse(readFileSync(statsFile, 'utf8'));
  writeFileSync(join(folder, 'licenses.txt'), createLicenses({ root, stats }));
}

/** Runs a package's command with this Node, so that neither PATH nor a shell matters. */
function runTool(script: string, options: string[]): void {
  const path = join(root, 'node_modules', script);
  const { status, error } = spawnSync(process.execPath, [path, ...options], { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${script} ended with exit code ${status}`);
}

/** The names of files that only one of the folders has, or that are not the same in both. */
function listDifferences(committed: string, fresh: string): string[] {
  const names = new Set([...listFiles(committed), ...listFiles(fresh)]);
  return [...names].filter((name) => readText(join(committed, name)) !== readText(join(fresh, name))).sort();
}

function listFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
