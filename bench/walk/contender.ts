import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { LinkChecker, LinkState } from 'linkinator';
import { Agent, fetch, request } from 'undici';
import { readProcessUse } from '../../server/runner/process/read-process-use.ts';
import { startRunner } from '../../server/runner/start-runner.ts';
import { createTarget } from '../../test/helpers/network/walk-site.ts';
import { listChildren } from '../../test/helpers/runner/process-tree.ts';

/** Runs one contender on one site, in its own process: `node bench/walk/contender.ts NAME URL REQUESTS-AT-ONCE`. */

export interface Figures {
  readonly ms: number;
  /** Time on a processor. */
  readonly cpuMs: number;
  readonly pages: number;
  /** The paths of links that lead nowhere, in order. */
  readonly broken: readonly string[];
  /** How many links got no answer, which a contender may count as broken: on a busy machine, connections are lost. */
  readonly unanswered: number;
  /** The peak memory of the process that read the pages, in MB. */
  readonly memoryMb: number;
}

export type Contender = 'check' | 'request' | 'fetch' | 'linkinator';

const MIB = 1024;
const agent = new Agent();
const [, , name = '', url = '', atOnce = '8'] = process.argv;

const RUNS: Readonly<Record<Contender, () => Promise<Figures>>> = {
  check: runCheck,
  request: () => loop(requestPage),
  fetch: () => loop(fetchPage),
  linkinator: runLinkinator,
};

// Like the process of a check: on a busy machine, the loops must not get more processor time.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const run = Object.entries(RUNS).find(([contender]) => contender === name)?.[1];
if (run === undefined) {
  throw new Error(`There is no contender "${name}".`);
}
process.send?.(await run());
process.exit(0);

/** The whole check: its process, and everything that it sends to its parent. */
async function runCheck(): Promise<Figures> {
  const runner = startRunner({ privateTargets: 'allow' });
  const settings = { requests_at_once: Number(atOnce) };
  const { signal } = new AbortController();
  const check = async (target: string, onResult = () => {}) => {
    const names: string[] = [];
    const broken: string[] = [];
    for await (const result of runner.run(createTarget(target, settings), { signal })) {
      if ('flow' in result) {
        names.push(result.flow.name);
        // Read during the check: a process that has grown is ended after it.
        if (names.length % 50 === 0) {
          onResult();
        }
        if (result.flow.status === 'failed') {
          broken.push(result.flow.name.replace('GET ', ''));
        }
      }
    }
    return { pages: names.length, broken: broken.toSorted() };
  };
  // Processes are kept for the next check, so a check seldom waits for the start of one.
  await check(`${url}/empty`);
  const [child] = listChildren(process.pid);
  const cpuBefore = readProcessUse(child?.pid)?.cpuMs ?? 0;
  let use = { cpuMs: 0, memoryMb: 0 };
  const startedAt = performance.now();
  const found = await check(url, () => {
    use = { cpuMs: readProcessUse(child?.pid)?.cpuMs ?? 0, memoryMb: readPeak(child?.pid ?? 0) };
  });
  const ms = performance.now() - startedAt;
  return { ms, cpuMs: use.cpuMs - cpuBefore, ...found, unanswered: 0, memoryMb: use.memoryMb };
}

/** Requests and reads the same URLs as a walk of the site. The site lists them. */
async function loop(get: (target: string) => Promise<number>): Promise<Figures> {
  const targets = await listTargets();
  const broken: string[] = [];
  const waiting = targets.values();
  const cpuBefore = readCpuMs();
  const startedAt = performance.now();
  const work = async () => {
    for (const target of waiting) {
      if ((await get(url + target)) >= 400) {
        broken.push(target);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, work));
  const ms = performance.now() - startedAt;
  return {
    ms,
    cpuMs: readCpuMs() - cpuBefore,
    pages: targets.length,
    broken: broken.toSorted(),
    unanswered: 0,
    memoryMb: process.resourceUsage().maxRSS / MIB,
  };
}

async function requestPage(target: string): Promise<number> {
  const { statusCode, body } = await request(target, { dispatcher: agent });
  await body.text();
  return statusCode;
}

async function fetchPage(target: string): Promise<number> {
  const response = await fetch(target, { dispatcher: agent });
  await response.text();
  return response.status;
}

async function listTargets(): Promise<string[]> {
  const { body } = await request(`${url}/targets`, { dispatcher: agent });
  return (await body.text()).split('\n');
}

/** With its defaults: 100 requests at once. */
async function runLinkinator(): Promise<Figures> {
  const checker = new LinkChecker();
  const startedAt = performance.now();
  const { links } = await checker.check({ path: url, recurse: true });
  const ms = performance.now() - startedAt;
  const failed = links.filter(({ state }) => state === LinkState.BROKEN);
  const answered = failed.filter(({ status }) => status !== undefined && status > 0);
  const broken = answered.map((link) => link.url.replace(url, ''));
  return {
    ms,
    cpuMs: readCpuMs(),
    pages: links.length,
    broken: [...new Set(broken)].toSorted(),
    unanswered: failed.length - answered.length,
    memoryMb: process.resourceUsage().maxRSS / MIB,
  };
}

function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function readPeak(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / MIB;
}
