import { enableCompileCache as enable } from 'node:module';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node');

/**
 * Makes Node cache compiled TypeScript, in this process and in those that it starts, so that later starts take
 * less time and memory. `NODE_COMPILE_CACHE` names another folder. If the folder cannot be written, nothing is cached.
 */
export function enableCompileCache(): void {
  process.env.NODE_COMPILE_CACHE ??= FOLDER;
  enable(process.env.NODE_COMPILE_CACHE);
}
