import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Agent, request } from 'undici';
import { type ServerProcess, startServerProcess } from '../test/helpers/server/server-process.ts';
import { createKeyedApp, type KeyedApp } from './keyed-app.ts';
import type { StrangeClient } from './strange-client.ts';

/**
 * Measures the answers to other clients while one key's clients misbehave: 20 connections that send 400 reads
 * each and read no answer, and 2,000 requests that wait for one check. Linux only: it reads the server's memory in
 * /proc. With the folder of another version, both are measured in turn:
 *
 *   npm run bench:strange-clients -- --before ../qassandra-before
 */
const { values: options } = parseArgs({
  options: { before: { type: 'string' }, seconds: { type: 'string', default: '6' } },
});
const SECONDS = Number(options.seconds);
const EVERY_MS = 20;
const ANSWER_MS = 15_000;
/** Each in the answer to a read, 20 at a time. */
const LONG_MESSAGE = 'm'.repeat(8_000);

const PHASES = ['nobody', 'unread pipelines', 'waiters'] as const;
type Phase = (typeof PHASES)[number];

interface Setting {
  readonly server: ServerProcess;
  readonly strange: KeyedApp;
  readonly other: KeyedApp;
  /** The path of a check that runs for as long as a phase takes. */
  readonly held: string;
}

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  readonly sent: number;
}

interface Row {
  readonly version: string;
  readonly phase: Phase;
  readonly probes: Readonly<Record<string, Figures>>;
  readonly megabytes: number;
}

await bench();

async function bench(): Promise<void> {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const versions = new Map([
    ...(options.before === undefined ? [] : [['before', resolve(options.before)] as const]),
    ['now', resolve(import.meta.dirname, '..')] as const,
  ]);
  const rows: Row[] = [];
  for (const phase of PHASES) {
    for (const [version, root] of versions) {
      rows.push({ version, phase, ...(await measure(phase, root, silent)) });
    }
  }
  silent.closeAllConnections();
  silent.close();
  report(rows);
}

/** Measures one phase on a server and a database of its own, so that no phase inherits anything. */
async function measure(
  phase: Phase,
  root: string,
  silent: Server,
): Promise<Pick<Row, 'probes' | 'megabytes'>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qassandra-bench-'));
  const server = await startServerProcess({ env: { DATA_DIR: dataDir, LOG_LEVEL: 'fatal' }, root });
  try {
    const setting = await prepare(server, silent);
    const client = startStrangeClient(phase, setting);
    const probes = await probe(setting);
    const megabytes = readPeakMemory(server);
    await client?.terminate();
    return { probes, megabytes };
  } finally {
    await server.end('SIGTERM');
    rmSync(dataDir, { recursive: true });
  }
}

async function prepare(server: ServerProcess, silent: Server): Promise<Setting> {
  const [strange, other] = [await createKeyedApp(server), await createKeyedApp(server)];
  for (let count = 0; count < 20; count += 1) {
    await trigger(server, strange, { git_commit_message: LONG_MESSAGE });
  }
  const { port } = silent.address() as AddressInfo;
  const { check_id } = await trigger(server, strange, { app_url: `http://127.0.0.1:${port}/` });
  await sleep(500);
  return { server, strange, other, held: `/api/apps/${strange.alias}/checks/${check_id}?wait=60` };
}

async function trigger(server: ServerProcess, app: KeyedApp, body: object): Promise<{ check_id: string }> {
  const answer = await fetch(`${server.url}/api/apps/${app.alias}/trigger`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.apiKey}` },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { check_id: string };
}

function startStrangeClient(phase: Phase, { server, strange, held }: Setting): Worker | undefined {
  if (phase === 'nobody') {
    return undefined;
  }
  const { url } = server;
  const { apiKey } = strange;
  const client: StrangeClient =
    phase === 'waiters'
      ? { url, apiKey, path: held, connections: 2_000, pipelined: 1, isReading: true }
      : {
          url,
          apiKey,
          path: `/api/apps/${strange.alias}/checks?limit=20`,
          connections: 20,
          pipelined: 400,
          isReading: false,
        };
  return new Worker(new URL('./strange-client.ts', import.meta.url), { workerData: client });
}

async function probe({ server, other }: Setting): Promise<Row['probes']> {
  const headers = { authorization: `Bearer ${other.apiKey}` };
  const [healthz, readyz, triggered] = await Promise.all([
    time(server, '/healthz', 200, { method: 'GET' }),
    time(server, '/readyz', 200, { method: 'GET' }),
    time(server, `/api/apps/${other.alias}/trigger`, 202, { method: 'POST', headers, body: '{}' }),
  ]);
  return { '/healthz': healthz, '/readyz': readyz, trigger: triggered };
}

/** Sends a request every `EVERY_MS`, or when the last one was answered, on one connection. */
async function time(
  { url }: ServerProcess,
  path: string,
  status: number,
  init: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
): Promise<Figures> {
  const dispatcher = new Agent({ connections: 1, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS });
  const times: number[] = [];
  let errors = 0;
  const end = performance.now() + SECONDS * 1_000;
  while (performance.now() < end) {
    const startedAt = performance.now();
    try {
      const { statusCode, body } = await request(url + path, { ...init, dispatcher });
      await body.dump();
      errors += statusCode === status ? 0 : 1;
    } catch {
      errors += 1;
    }
    times.push(performance.now() - startedAt);
    await sleep(EVERY_MS);
  }
  await dispatcher.destroy();
  const sorted = times.toSorted((left, right) => left - right);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), errors, sent: times.length };
}

/** The most memory that the server's process had, in MB. */
function readPeakMemory({ child }: ServerProcess): number {
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(peak) / 1024);
}

function report(rows: readonly Row[]): void {
  console.log(`${SECONDS} s each; p50 / p99 in ms, errors of requests sent; the server's peak memory`);
  for (const { version, phase, probes, megabytes } of rows) {
    const cells = Object.entries(probes).map(
      ([name, { p50, p99, errors, sent }]) =>
        `${name} ${p50.toFixed(1)} / ${p99.toFixed(1)}, ${errors} of ${sent}`,
    );
    const before = rows.find((row) => row.phase === phase && row.version === 'before');
    const ratio =
      before && version === 'now' ? ` (${(megabytes / before.megabytes).toFixed(2)} of before)` : '';
    console.log(`${phase.padEnd(16)} ${version.padEnd(7)} ${cells.join('; ')}; ${megabytes} MB${ratio}`);
  }
}
