import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLinkWalker } from '../server/runner/link-walker/link-walker.ts';
import { createNetworkPolicy } from '../server/runner/network/network-policy.ts';

/**
 * Measures the cost of hostile pages: the link walker checks each page below alone, and a site of 50
 * copies that link to each other. Each walk runs in its own process. Run it with `npm run bench:hostile-pages`, or
 * with a part of a row's name. Exits with 1 when a walk holds the event loop too long, takes too much memory or does
 * not end.
 *
 * Slices are measured as the processor time of the thread between two turns of the event loop, so that other work of
 * the machine does not count. The heap is that beside an empty walk's; what is kept is measured after a collection.
 */

const MAX_SLICE_MS = 100;
const MAX_PEAK_MB = 200;
const MAX_KEPT_MB = 40;
const MAX_WALK_MS = 120_000;
/** A walk that takes longer counts as endless. */
const HEAP_MB = 1_024;
const PAGE_BYTES = 2 * 1024 * 1024;

const fill = (text: string, bytes = PAGE_BYTES) => text.repeat(Math.ceil(bytes / Buffer.byteLength(text)));
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join('');

/** Bodies by name. `utf-8` unless the page says something else. */
const PAGES: Readonly<Record<string, { readonly html: string; readonly charset?: string }>> = {
  'ordinary, 200 links': { html: times(200, (i) => `<p><a href="/page/${i}">Page ${i}</a></p>\n`) },
  'base of 2,000 é, 5,000 links': {
    html: `<base href="/${'é'.repeat(2_000)}/">${times(5_000, (i) => `<a href=${i}>`)}`,
  },
  'base of 8,000 letters, 5,000 links': {
    html: `<base href="/${'b'.repeat(7_900)}/">${times(5_000, (i) => `<a href=${i}>`)}`,
  },
  '"../" against a deep base': {
    html: `<base href="/${'d/'.repeat(3_900)}">${times(5_000, (i) => `<a href=${'../'.repeat(130)}${i}>`)}`,
  },
  'long "a/../" paths': { html: times(260, (i) => `<a href=${'a/../'.repeat(1_580)}${i}>`) },
  'long paths of 漢': { html: times(5_000, (i) => `<a href="/${'漢'.repeat(130)}${i}">`) },
  'hosts to be encoded': {
    html: times(5_000, (i) => `<a href="//${times(120, (c) => String.fromCharCode(0x4e00 + c * 3 + i))}">`),
  },
  'hosts of 4,000 characters': {
    html: times(170, (i) => `<a href="//${times(4_000, (c) => String.fromCharCode(0x4e00 + c * 2 + i))}">`),
  },
  'nested elements': { html: fill('<div>') },
  'unclosed elements': { html: times(300_000, (i) => `<x${i.toString(36)}>`) },
  '2,000 open, then end tags of one': { html: `<b>${'<i>'.repeat(1_990)}${fill('</u>')}` },
  'mismatched tags': { html: `<b>${fill('<i><u></b><b></i>')}` },
  'mismatched tags in svg': { html: fill('<svg><desc><p></svg><title></desc>') },
  '"foreignObject" end tags': { html: `<svg>${'<desc>'.repeat(900)}${fill('</foreignObject>')}` },
  'forms in forms': { html: `<form>${'<i>'.repeat(1_990)}${fill('<form>')}` },
  '200,000 attributes': { html: `<a ${times(200_000, (i) => `a${i}=1 `)}href=/x>` },
  'attributes of one name': { html: `<a ${fill('href=x ')}>` },
  'entities in an attribute': { html: `<a href="${fill('&amp;')}">` },
  'ampersands in text': { html: fill('&') },
  'almost entities in text': { html: fill('&CounterClockwiseContourIntegra ') },
  'queries that are permutations': {
    html: times(5_000, (i) => `<a href="/q?${times(65, (k) => `p${(k * 7 + i) % 65}=1&`)}${i % 65}">`),
  },
  'queries of 4,000 parameters': {
    html: times(260, (i) => `<a href="/q?${times(3_950, (k) => `${(k * 7 + i) % 10}&`)}">`),
  },
  'srcset of 100,000': {
    html: `<img srcset="${times(24_000, (i) => `i${i}, `)}">${fill('<img srcset="a, b, c, d">')}`,
  },
  'srcset of commas and brackets': { html: fill(`<img srcset="a${',('.repeat(60_000)}">`) },
  'a text of 2 MB': { html: fill('lorem ipsum ') },
  'a comment of dashes': { html: `<!--${fill('- ')}` },
  'a script of end tags': { html: `<script>${fill('</scrip')}` },
  'long data: URLs': { html: times(20, () => `<img src="data:image/png;base64,${'A'.repeat(100_000)}">`) },
  'style elements': { html: fill('<style>a{b:url(x)}</style>') },
  'a style of rules': { html: `<style>${fill('a{b:c}')}` },
  'a style of escapes': { html: `<style>a{b:url(${fill('\\28 ')}` },
  'style attributes': { html: times(90_000, (i) => `<p style="b:url(${i}asset)">`) },
  'a font of 200,000 files': { html: `<style>@font-face{src:${fill('url(a) format(x),')}` },
  'queries of 漢 in windows-1252': {
    html: times(5_000, (i) => `<a href="/?${'&#28450;'.repeat(45)}${i}">`),
    charset: 'windows-1252',
  },
  'queries of 漢 in gb18030': {
    html: times(5_000, (i) => `<a href="/?${'&#28450;'.repeat(45)}${i}">`),
    charset: 'gb18030',
  },
  'fragments of one page': { html: times(80_000, (i) => `<a href="#${i}">x</a>`) },
  '5,000 assets': { html: times(5_000, (i) => `<img src="asset/${i}">`) },
  'assets of 400 characters': { html: times(5_000, (i) => `<img src="/asset/${'x'.repeat(380)}${i}">`) },
  gb18030: { html: fill('ÿ'), charset: 'gb18030' },
  'iso-2022-jp': { html: fill('é'), charset: 'iso-2022-jp' },
};

interface Figures {
  readonly longestMs: number;
  readonly totalMs: number;
  readonly processorMs: number;
  readonly peakMb: number;
  readonly keptMb: number;
  readonly flows: number;
}

const [, , mode = '', url = ''] = process.argv;
if (mode === '--walk') {
  process.send?.(await walk(url, Number(process.argv[4])));
  process.disconnect();
} else {
  await bench(mode);
}

async function bench(part: string): Promise<void> {
  console.log(
    `Limits: ${MAX_SLICE_MS} ms in one slice, ${MAX_PEAK_MB} MB of heap, ${MAX_KEPT_MB} MB kept\n\n` +
      `${'page'.padEnd(34)} pages  longest slice  processor      total       heap       kept`,
  );
  for (const [name, { html, charset = 'utf-8' }] of Object.entries(PAGES)) {
    if (!name.includes(part)) {
      continue;
    }
    const site = await startSite(html, charset);
    for (const pages of [1, 50]) {
      const result = await walkApart(site.url, pages);
      report(name, pages, result);
    }
    site.stop();
  }
}

/** Answers every path with the page, which links to 60 paths; an asset is one byte. */
async function startSite(html: string, charset: string) {
  const links = times(60, (index) => `<a href="/page/${index}">${index}</a>`);
  const body = Buffer.from(links + html, charset === 'utf-8' ? 'utf8' : 'latin1').subarray(0, PAGE_BYTES);
  const server = createServer((request, response) => {
    const isAsset = request.url?.includes('asset');
    response.writeHead(200, { 'content-type': isAsset ? 'image/png' : `text/html; charset=${charset}` });
    response.end(isAsset ? 'x' : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** `null` when the walk's process ended without a result, or had to be ended. */
async function walkApart(siteUrl: string, pages: number): Promise<Figures | null> {
  const child = fork(import.meta.filename, ['--walk', siteUrl, String(pages)], {
    execArgv: ['--expose-gc', `--max-old-space-size=${HEAP_MB}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let figures: Figures | null = null;
  child.on('message', (message: Figures) => {
    figures = message;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), MAX_WALK_MS);
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  return figures;
}

function report(name: string, pages: number, figures: Figures | null): void {
  const start = `${name.padEnd(34)} ${String(pages).padStart(5)}`;
  if (figures === null) {
    console.log(`${start}  did not end: over ${HEAP_MB} MB or ${MAX_WALK_MS / 1_000} s`);
    process.exitCode = 1;
    return;
  }
  const { longestMs, processorMs, totalMs, peakMb, keptMb } = figures;
  const isOver = longestMs > MAX_SLICE_MS || peakMb > MAX_PEAK_MB || keptMb > MAX_KEPT_MB;
  const cells = [
    `${longestMs.toFixed(0)} ms`,
    `${processorMs.toFixed(0)} ms`,
    `${totalMs.toFixed(0)} ms`,
    `${peakMb.toFixed(0)} MB`,
    `${Math.max(0, keptMb).toFixed(1)} MB`,
  ];
  console.log(
    start +
      cells.map((cell, index) => cell.padStart(index === 0 ? 15 : 11)).join('') +
      (isOver ? '  over the limit' : ''),
  );
  process.exitCode = isOver ? 1 : process.exitCode;
}

async function walk(siteUrl: string, pages: number): Promise<Figures> {
  const walker = createLinkWalker({ policy: createNetworkPolicy({ privateTargets: 'allow' }) });
  const target = {
    app: { id: '00000000-0000-4000-8000-000000000000', url: siteUrl },
    flows: [],
    settings: { limits: { pages } },
    discoverFlows: false,
  };
  globalThis.gc?.();
  const idle = process.memoryUsage().heapUsed;
  const observer = observeTurns();
  const startedAt = performance.now();
  let flows = 0;
  for await (const _flow of walker.run(target, { signal: new AbortController().signal })) {
    flows += 1;
    observer.collect(flows === pages);
  }
  const totalMs = performance.now() - startedAt;
  const { longestMs, processorMs, peak, kept } = observer.stop();
  return { longestMs, processorMs, totalMs, peakMb: (peak - idle) / 1e6, keptMb: (kept - idle) / 1e6, flows };
}

/** Watches each turn of the event loop. */
function observeTurns() {
  let longestMs = 0;
  let processorMs = 0;
  let peak = 0;
  let kept = 0;
  let isStopped = false;
  let cpu = process.threadCpuUsage();
  let turns = 0;
  const takeSlice = (): number => {
    const { user, system } = process.threadCpuUsage(cpu);
    const ms = (user + system) / 1_000;
    longestMs = Math.max(longestMs, ms);
    // A turn without work is the cost of watching.
    processorMs += ms > 0.1 ? ms : 0;
    return ms;
  };
  const observe = () => {
    const ms = takeSlice();
    turns += 1;
    if (turns % 20 === 0 || ms > 5) {
      peak = Math.max(peak, process.memoryUsage().heapUsed);
    }
    cpu = process.threadCpuUsage();
    if (!isStopped) {
      setImmediate(observe);
    }
  };
  setImmediate(observe);
  return {
    /** While the walk holds all that it ever will; the collection does not count as a slice of the walk. */
    collect(isLast: boolean) {
      if (isLast) {
        takeSlice();
        peak = Math.max(peak, process.memoryUsage().heapUsed);
        globalThis.gc?.();
        kept = Math.max(kept, process.memoryUsage().heapUsed);
        cpu = process.threadCpuUsage();
      }
    },
    stop() {
      isStopped = true;
      return { longestMs, processorMs, peak, kept };
    },
  };
}
