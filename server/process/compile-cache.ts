import { enableCompileCache as enable } from 'node:module';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node');

/**
 * Has Node keep what it compiles from TypeScript, in this process and in those that it starts, so that later starts take
 * less time and memory. `NODE_COMPILE_CACHE` names another folder. Where none can be written, nothing is kept.
 */
export function enableCompileCache(): void {
  process.env.NODE_COMPILE_CACHE ??= FOLDER;
  enable(process.env.NODE_COMPILE_CACHE);
}
