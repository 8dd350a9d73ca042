import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Contender, Figures } from './contender.ts';

/**
 * Compares a walk of a site with what limits it, and with linkinator. Each contender has its own process, and one after
 * the other has its turn, in several rounds. Prints the medians of the rounds and their ratios.
 *
 * The check is in a process that already runs, like all checks but the first: its time is from the target's being
 * sent to the last result's arrival. The loops get the URLs beforehand, and read each answer as text. The start of no
 * process is counted, and none has compiled code by its first page: all run it for the first time. The processor's time
 * is that of the contender's own process, the check's child.
 *
 *   npm run bench:walk -- --rounds 5 --pages 2000 --links 100 --delay 0
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    pages: { type: 'string', default: '2000' },
    links: { type: 'string', default: '100' },
    broken: { type: 'string', default: '20' },
    'at-once': { type: 'string', default: '8' },
    delay: { type: 'string', default: '0' },
    only: { type: 'string', default: 'check,request,fetch,linkinator' },
  },
});

const NAMES: Readonly<Record<Contender, string>> = {
  check: 'our check',
  request: 'undici request, loop',
  fetch: 'undici fetch, loop',
  linkinator: 'linkinator',
};
const MAX_MEMORY_MB = 150;

await bench();

async function bench(): Promise<void> {
  const { pages, links, broken, delay } = options;
  const site = fork(new URL('site.ts', import.meta.url), [pages, links, broken, delay]);
  const [{ url }] = await once(site, 'message');
  const contenders = Object.keys(NAMES).filter(
    (name): name is Contender => name in NAMES && options.only.split(',').includes(name),
  );
  const rounds = new Map<Contender, Figures[]>(contenders.map((name) => [name, []]));
  console.log(
    `${pages} pages with ${links} links, ${broken} broken, ${delay} ms an answer; load ${showLoad()}`,
  );
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const name of contenders) {
      rounds.get(name)?.push(await measure(name, url));
    }
  }
  site.disconnect();
  report(rounds);
}

async function measure(name: Contender, url: string): Promise<Figures> {
  const child = fork(new URL('contender.ts', import.meta.url), [name, url, options['at-once']], {
    // As in `npm start`: compiled code is cached.
    env: { ...process.env, NODE_COMPILE_CACHE: 'node_modules/.cache/node' },
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error(`${name} ended without figures`);
  });
  exited.catch(() => undefined);
  const [figures] = await Promise.race([once(child, 'message'), exited]);
  return figures;
}

function report(rounds: ReadonlyMap<Contender, readonly Figures[]>): void {
  const ours = median(rounds.get('check') ?? [], 'ms');
  console.log(
    `\n${'contender'.padEnd(24)}${'s'.padStart(8)}${'cpu s'.padStart(8)}${'memory'.padStart(10)}${'pages'.padStart(9)}${'broken'.padStart(9)}${'pages/s'.padStart(9)}   its time / ours`,
  );
  for (const [name, figures] of rounds) {
    const [{ pages = 0, broken = [] } = {}] = figures;
    const ms = median(figures, 'ms');
    console.log(
      NAMES[name].padEnd(24) +
        (ms / 1000).toFixed(2).padStart(8) +
        (median(figures, 'cpuMs') / 1000).toFixed(2).padStart(8) +
        `${median(figures, 'memoryMb').toFixed(0)} MB`.padStart(10) +
        String(pages).padStart(9) +
        String(broken.length).padStart(9) +
        (pages / (ms / 1000)).toFixed(0).padStart(9) +
        `   ${(ms / ours).toFixed(2)}`,
    );
  }
  const found = new Set([...rounds].map(([, figures]) => JSON.stringify(figures[0]?.broken)));
  console.log(`\nsame broken links found: ${found.size === 1 ? 'yes' : 'NO'}; load ${showLoad()}`);
  const unanswered = [...rounds].flatMap(([name, figures]) => {
    const most = Math.max(...figures.map((each) => each.unanswered));
    return most === 0
      ? []
      : [`${NAMES[name]}: ${most} links without an answer, which are not counted as broken`];
  });
  for (const line of unanswered) {
    console.log(line);
  }
  const memory = Math.max(...(rounds.get('check') ?? []).map(({ memoryMb }) => memoryMb));
  console.log(`most memory of a check's process: ${memory.toFixed(0)} MB (goal: under ${MAX_MEMORY_MB})`);
}

function median(figures: readonly Figures[], key: 'ms' | 'cpuMs' | 'memoryMb'): number {
  const sorted = figures.map((each) => each[key]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function showLoad(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
}
