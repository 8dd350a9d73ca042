import { readFileSync } from 'node:fs';

/** What a process has used. */
export interface ProcessUse {
  /** Time on a processor since its start, in milliseconds. */
  readonly cpuMs: number;
  /** Memory, in bytes. */
  readonly resident: number;
}

/** Linux counts time in ticks of 10 ms on every platform that Node.js has builds for. */
const TICK_MS = 10;

/** The use of another process; `undefined` if it is unknown: not on Linux, or the process is gone. */
export function readProcessUse(pid: number | undefined): ProcessUse | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program is in brackets and may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [userTicks = 0, systemTicks = 0] = [fields[11], fields[12]].map(Number);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const residentKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    return { cpuMs: (userTicks + systemTicks) * TICK_MS, resident: residentKb * 1024 };
  } catch {
    return undefined;
  }
}
