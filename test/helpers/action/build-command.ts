import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** The npm package of the command, as `npm run build:command` writes it. */
export const COMMAND_PACKAGE = join(root, 'build', 'npm');
export const COMMAND_BUNDLE = join(COMMAND_PACKAGE, 'index.js');

/** Builds the package if it is missing or out of date. Unlike the action's bundle it is not committed. */
export function buildStaleCommand(): void {
  const action = join(root, 'action');
  const sources = ['build.ts', 'licenses.ts', 'npm-readme.md', 'tsconfig.json', ...listSources()];
  const newest = Math.max(...sources.map((name) => statSync(join(action, name)).mtimeMs));
  if (existsSync(COMMAND_BUNDLE) && statSync(COMMAND_BUNDLE).mtimeMs > newest) {
    return;
  }
  const { status } = spawnSync(process.execPath, [join(root, 'action', 'build.ts'), '--command'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    throw new Error(`npm run build:command ended with exit code ${status}`);
  }
}

/** Lists the sources as paths from `action`. */
function listSources(): string[] {
  return readdirSync(join(root, 'action', 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', name));
}
