import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from './has-code.ts';

/** A separate disk, small enough to be filled. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the space that is left. */
  fill(): Promise<void>;
  makeSpace(): Promise<void>;
  remove(): void;
}

const PIECE = Buffer.alloc(64 * 1024, 1);

/** Mounting needs root, or a sudo without a password. */
export const canMount = isMountable();

function isMountable(): boolean {
  try {
    mountSmallDisk(1).remove();
    return true;
  } catch {
    return false;
  }
}

export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'qassandra-disk-'));
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()},mode=755`;
  try {
    runAsRoot('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,${owner}`, 'tmpfs', folder);
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    async fill() {
      const file = await open(ballast, 'a');
      try {
        for (;;) {
          await file.write(PIECE);
        }
      } catch (error) {
        if (!hasCode(error, 'ENOSPC')) {
          throw error;
        }
      } finally {
        await file.close();
      }
    },
    makeSpace: () => rm(ballast, { force: true }),
    remove() {
      // Unmounts lazily, so that a process left by a failed test cannot prevent it.
      runAsRoot('umount', '-l', folder);
      rmdirSync(folder);
    },
  };
}

function runAsRoot(command: string, ...args: string[]): void {
  const [program = command, ...rest] =
    process.getuid?.() === 0 ? [command, ...args] : ['sudo', '-n', command, ...args];
  execFileSync(program, rest, { stdio: 'pipe' });
}
