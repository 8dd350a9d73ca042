import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInputDocuments } from './input-documents.ts';
import { createLicenses } from './licenses.ts';
import { textAt } from './src/lib/json.ts';

/**
 * `npm run build` writes what is committed: the bundle that GitHub runs to action/dist, and the lists of inputs
 * into action.yml and the docs. `npm run build:check` fails if any of that is out of date.
 * `npm run build:command` writes the npm package of the command to build/npm, which is not committed.
 */

const root = join(import.meta.dirname, '..');
const dist = join(root, 'action', 'dist');
const npmPackage = join(root, 'build', 'npm');

if (process.argv.includes('--check')) {
  check();
} else if (process.argv.includes('--command')) {
  bundleCommand();
} else {
  for (const { path, contents } of createInputDocuments(root)) {
    writeFileSync(join(root, path), contents);
  }
  bundle(dist, 'step/index.js');
}

function check(): void {
  const stale = [...listStaleDocuments(), ...listStaleBundles()];
  if (stale.length === 0) {
    return;
  }
  console.error('These files are not what action/ makes. Run `npm run build` and commit them:');
  for (const path of stale) {
    console.error(`  ${path}`);
  }
  process.exitCode = 1;
}

function listStaleDocuments(): string[] {
  return createInputDocuments(root)
    .filter(({ path, contents }) => readText(join(root, path)) !== contents)
    .map(({ path }) => path);
}

function listStaleBundles(): string[] {
  const fresh = mkdtempSync(join(tmpdir(), 'qassandra-dist-'));
  try {
    bundle(fresh, 'step/index.js');
    return listDifferences(dist, fresh).map((name) => `action/dist/${name}`);
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

/**
 * Compiles TypeScript first, then bundles the JavaScript: ncc's own TypeScript support needs a compiler API that
 * TypeScript 7 does not have. Not minified: a minified bundle starts slower and hides what runs. Without our comments:
 * they are in the sources, and a change of a comment needs no new bundle. The folder between the two has a fixed name,
 * since ncc writes it into the bundle.
 */
function bundle(folder: string, main: string): void {
  const compiled = join(root, 'build', 'action');
  rmSync(compiled, { recursive: true, force: true });
  runTool('typescript/bin/tsc', ['-p', 'action/tsconfig.json']);
  rmSync(folder, { recursive: true, force: true });
  const entry = join(compiled, 'action', 'src', main);
  const statsFile = join(compiled, 'stats.json');
  const options = ['--out', folder, '--stats-out', statsFile, '--no-cache', '--quiet'];
  runTool('@vercel/ncc/dist/ncc/cli.js', ['build', entry, ...options]);
  const stats: unknown = JSON.parse(readFileSync(statsFile, 'utf8'));
  const licenses = createLicenses({ root, stats });
  if (licenses !== '') {
    writeFileSync(join(folder, 'licenses.txt'), licenses);
  }
}

/**
 * Builds the command as a package of its own, since it does not use the server's dependencies: one file without
 * dependencies. It must be JavaScript, because Node.js does not strip types in node_modules.
 */
function bundleCommand(): void {
  bundle(npmPackage, 'command/cli.js');
  const main = join(npmPackage, 'index.js');
  chmodSync(main, 0o755);
  copyFileSync(join(root, 'LICENSE'), join(npmPackage, 'LICENSE'));
  copyFileSync(join(root, 'action', 'npm-readme.md'), join(npmPackage, 'README.md'));
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const contents = {
    name: 'qassandra',
    version: textAt(manifest, 'version'),
    description: textAt(manifest, 'description'),
    license: textAt(manifest, 'license'),
    repository: { type: 'git', url: 'git+https://github.com/qassandra/qassandra.git' },
    type: 'module',
    bin: { qassandra: 'index.js' },
    engines: { node: textAt(manifest, 'engines', 'node') },
  };
  writeFileSync(join(npmPackage, 'package.json'), `${JSON.stringify(contents, undefined, 2)}\n`);
}

/** Runs a package's command with this Node.js, without PATH or a shell. */
function runTool(script: string, options: string[]): void {
  const path = join(root, 'node_modules', script);
  const { status, error } = spawnSync(process.execPath, [path, ...options], { cwd: root, stdio: 'inherit' });
  if (error !== undefined) {
    throw error;
  }
  if (status !== 0) {
    throw new Error(`${script} ended with exit code ${status}`);
  }
}

/** Lists the files that only one of the folders has, or that differ. */
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
