import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** As in the script `jest` of package.json. */
const NODE_OPTIONS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/** Runs Jest in its own process, with the given variables, and returns its exit code. Needs no shell. */
export function runJest(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): number {
  const jest = join('node_modules', 'jest', 'bin', 'jest.js');
  const { status } = spawnSync(process.execPath, [...NODE_OPTIONS, jest, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  return status ?? 1;
}
