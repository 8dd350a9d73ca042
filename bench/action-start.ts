import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_KEY_PREFIX, API_KEY_RANDOM_LENGTH, createChecksum } from '../server/auth/keys/api-key-form.ts';

/**
 * Measures the time from the start of the built action's process to its first request, against a short script that
 * sends the same request with `fetch`. Runs are interleaved on one runtime; the figures are medians. Run it with `node
 * bench/action-start.ts`.
 */

const RUNS = 15;
const dist = join(import.meta.dirname, '..', 'action', 'dist');

const FETCH_SCRIPT = `
const { API_KEY, APP_ID, SERVER_URL } = process.env;
const response = await fetch(\`\${SERVER_URL}/api/apps/\${APP_ID}/trigger\`, {
  method: 'POST',
  headers: { authorization: \`Bearer \${API_KEY}\`, 'content-type': 'application/json' },
  body: JSON.stringify({ branch: 'main' }),
});
console.log(response.status, await response.text());
process.exitCode = response.ok ? 0 : 1;
`;

await bench();

async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qassandra-bench-'));
  const script = join(folder, 'fetch.mjs');
  writeFileSync(script, FETCH_SCRIPT);
  const server = await startServer();
  try {
    const times = { script: [] as number[], action: [] as number[] };
    for (let run = 0; run < RUNS; run += 1) {
      times.script.push(await server.measure(script));
      times.action.push(await server.measure(join(dist, 'index.js')));
    }
    const [scriptMs, actionMs] = [findMedian(times.script), findMedian(times.action)];
    console.log(`node ${process.versions.node}, ${RUNS} runs each, median time to the first request:`);
    console.log(`  fetch script  ${scriptMs.toFixed(1)} ms`);
    console.log(`  action        ${actionMs.toFixed(1)} ms`);
    console.log(`  ratio         ${(actionMs / scriptMs).toFixed(2)} (at most 1.5)`);
    for (const name of readdirSync(dist).filter((file) => file.endsWith('.js'))) {
      console.log(`  ${name.padEnd(13)} ${statSync(join(dist, name)).size} bytes`);
    }
  } finally {
    server.stop();
    rmSync(folder, { recursive: true });
  }
}

/**
 * A server that refuses every trigger, so that the action ends at once. `measure` resolves with the milliseconds until
 * the first request.
 */
async function startServer() {
  let onRequest = (): void => undefined;
  const server = createServer((request, response) => {
    onRequest();
    request.resume();
    response.writeHead(403, { 'content-type': 'application/problem+json' }).end('{"detail":"No."}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    stop: () => server.close(),
    async measure(script: string): Promise<number> {
      const startedAt = performance.now();
      const child = spawn(process.execPath, [script], { env: createEnvironment(url), stdio: 'ignore' });
      const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
      const asked = new Promise<number>((resolve) => {
        onRequest = () => resolve(performance.now() - startedAt);
      });
      const ms = await Promise.race([asked, ended.then(() => Number.NaN)]);
      await ended;
      if (Number.isNaN(ms)) {
        throw new Error(`${script} ended without a request`);
      }
      return ms;
    },
  };
}

function createEnvironment(serverUrl: string): Record<string, string> {
  const body = API_KEY_PREFIX + 'a'.repeat(API_KEY_RANDOM_LENGTH);
  const apiKey = body + createChecksum(body);
  return {
    PATH: process.env.PATH ?? '',
    API_KEY: apiKey,
    APP_ID: 'demo',
    SERVER_URL: serverUrl,
    'INPUT_API-KEY': apiKey,
    'INPUT_APP-ID': 'demo',
    'INPUT_SERVER-URL': serverUrl,
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REF: 'refs/heads/main',
  };
}

function findMedian(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
