import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** The user that PostgreSQL runs as if we are root: PostgreSQL refuses to run as root. */
export interface OsUser {
  readonly uid: number;
  readonly gid: number;
  /** The words to put before a command so that this user runs it. */
  readonly runAs: readonly string[];
}

const SEARCH_BIT = 0o001;

/**
 * Finds the user for PostgreSQL: `undefined` unless we are root, else the user `postgres` of this machine, or `nobody`.
 * Does not create a user. If one of `paths` is in a folder that only root may enter (a clone in /root), the user gets a
 * single capability to pass through; the mode of the folder stays unchanged.
 */
export async function findOsUser(paths: readonly string[]): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  const [uid, gid] = [Number(entry?.[2] ?? 65_534), Number(entry?.[3] ?? 65_534)];
  const setpriv = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const reachable = (await Promise.all(paths.map((path) => isReachableByAll(path)))).every(Boolean);
  return { uid, gid, runAs: reachable ? setpriv : [...setpriv, ...(await findPassage(setpriv))] };
}

async function isReachableByAll(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  const parent = dirname(path);
  return (mode & SEARCH_BIT) !== 0 && (parent === path || (await isReachableByAll(parent)));
}

/**
 * Finds the options that give the user a capability; empty if none works. Containers drop some capabilities, so it
 * tries the narrower one first. No other capability remains after the exec. `no_setuid_fixup` makes access(2) respect
 * it too: PostgreSQL finds its own files with that call.
 */
async function findPassage(setpriv: readonly string[]): Promise<readonly string[]> {
  for (const capability of ['dac_read_search', 'dac_override']) {
    const options = [
      `--inh-caps=+${capability}`,
      `--ambient-caps=+${capability}`,
      '--securebits=+no_setuid_fixup',
    ];
    const [command = 'setpriv', ...args] = [...setpriv, ...options, 'true'];
    const works = await promisify(execFile)(command, args).then(
      () => true,
      () => false,
    );
    if (works) {
      return options;
    }
  }
  return [];
}
