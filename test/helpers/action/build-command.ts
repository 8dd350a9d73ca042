import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** The npm package of the command, as `node action/build.ts --cli` writes it. */
export const COMMAND_PACKAGE = join(root, 'build', 'npm');
export const COMMAND_BUNDLE = join(COMMAND_PACKAGE, 'index.js');

/** Unlike the action's bundle it is not committed, so that it is built where it is missing or out of date. */
export function buildStaleCommand(): void {
  const sources = readdirSync(join(root, 'action'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|md)$/.test(name))
    .map((name) => join(root, 'action', name));
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if (existsSync(COMMAND_BUNDLE) && statSync(COMMAND_BUNDLE).mtimeMs > newest) {
    return;
  }
  const { status } = spawnSync(process.execPath, [join(root, 'action', 'build.ts'), '--cli'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    throw new Error(`node action/build.ts --cli ended with exit code ${status}`);
  }
}
