import { readdirSync, readFileSync } from 'node:fs';

/** A process, as Linux shows it. */
export interface ProcessInfo {
  readonly pid: number;
  /** Its title or command line. */
  readonly title: string;
}

/** The processes that `pid` has started and that still run. */
export function listChildren(pid: number): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const parent = readFile(`/proc/${name}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')[1];
      const title = readFile(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      return Number(parent) === pid ? [{ pid: Number(name), title }] : [];
    });
}

/** The runner processes of a server, each with the processes of its checks. */
export function listRunners(serverPid: number): (ProcessInfo & { readonly checks: ProcessInfo[] })[] {
  return listChildren(serverPid)
    .filter(({ title }) => title === 'qassandra runner')
    .map((runner) => ({
      ...runner,
      checks: listChildren(runner.pid).filter(({ title }) => title === 'qassandra check'),
    }));
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Empty if the process has ended in the meantime. */
function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
