import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, unless it exists. Node's own way never ends where the system says that a folder is
 * missing although the one above exists, as in /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    return;
  }
  if (found !== undefined) {
    throw new Error('a file has that name');
  }
  const parent = dirname(path);
  if (parent !== path) {
    await makeFolder(parent);
  }
  await mkdir(path).catch(async (error: unknown) => {
    // Another process may have made it in the meantime.
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) {
      throw error;
    }
  });
}
