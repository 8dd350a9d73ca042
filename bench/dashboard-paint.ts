import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Request } from 'playwright-core';
import { startEmbeddedPostgres } from '../server/db/embedded/embedded-postgres.ts';
import { startBrowser, type TestBrowser, type Visit } from '../test/helpers/browser/browser.ts';
import { asAdmin } from '../test/helpers/network/requests.ts';
import { failed, insertCheck, passed } from '../test/helpers/server/checks.ts';
import { type ServerProcess, startServerProcess } from '../test/helpers/server/server-process.ts';

/**
 * Measures each page of the dashboard, in a signed-in browser without any cached file, from a server that runs as users
 * start it: paints, layout shifts, scripts, and what a page at rest sends and receives in half a minute. Run it with
 * `npm run bench:dashboard-paint`, on a machine that does nothing else.
 */

const RUNS = 5;
/** From the load until a page is at rest. */
const SETTLE_MS = 5_000;
const REST_MS = 30_000;
const LIMITS = { lcpMs: 600, cls: 0.02, scriptKb: 110, restKb: 30 };
const APPS = 10;
const CHECKS = 60;
const FLOWS = 200;

/** Runs in the page. */
const READ_VITALS = `new Promise((resolve) => {
  const vitals = { fcpMs: 0, lcpMs: 0, cls: 0 };
  const observe = (type, read) =>
    new PerformanceObserver((list) => list.getEntries().forEach(read)).observe({ type, buffered: true });
  observe('paint', ({ name, startTime }) => {
    if (name === 'first-contentful-paint') vitals.fcpMs = startTime;
  });
  observe('largest-contentful-paint', ({ startTime }) => { vitals.lcpMs = startTime; });
  observe('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) vitals.cls += value; });
  setTimeout(() => resolve(vitals), 500);
})`;

interface Vitals {
  readonly fcpMs: number;
  readonly lcpMs: number;
  readonly cls: number;
  /** The shift of a phone's page. */
  readonly phoneCls: number;
  readonly scriptKb: number;
}

await bench();

async function bench(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'qassandra-bench-'));
  const postgres = await startEmbeddedPostgres(dataDir);
  const { connectionString } = postgres;
  const server = await startServerProcess({ env: { DATABASE_URL: connectionString, RUNNERS: '0' } });
  const browser = await startBrowser();
  try {
    const paths = await fill(server, connectionString);
    console.log(`A page at its first load, median of ${RUNS} (at most ${JSON.stringify(LIMITS)}):`);
    console.log(
      `  ${'page'.padEnd(22)}FCP ms  LCP ms  shift  on a phone  script KiB  KiB in ${REST_MS / 1000} s`,
    );
    const resting = await measureRest(browser, server, paths);
    for (const [name, path] of paths) {
      const { fcpMs, lcpMs, cls, phoneCls, scriptKb } = await measureLoads(browser, server, path);
      const cells = [
        name.padEnd(22),
        fcpMs.toFixed(0).padStart(6),
        lcpMs.toFixed(0).padStart(8),
        cls.toFixed(3).padStart(7),
        phoneCls.toFixed(3).padStart(12),
        scriptKb.toFixed(1).padStart(12),
        (resting.get(name) ?? Number.NaN).toFixed(1).padStart(13),
      ];
      console.log(`  ${cells.join('')}`);
    }
  } finally {
    await browser.stop();
    await server.end('SIGTERM');
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Makes apps and checks. Returns the path of each page. */
async function fill(server: ServerProcess, connectionString: string): Promise<Map<string, string>> {
  const db = new pg.Client({ connectionString });
  await db.connect();
  const query = (sql: string, values: readonly unknown[] = []) => db.query(sql, [...values]);
  const flows = Array.from({ length: FLOWS }, (_, at) =>
    at % 20 === 0 ? failed(`GET /pages/${at}`, 'responded 500') : passed(`GET /pages/${at}`),
  );
  let check = '';
  for (let at = APPS; at > 0; at -= 1) {
    const body = { name: `Shop ${at}`, alias: `shop-${at}`, url: `https://shop-${at}.example.com` };
    const app = (await asAdmin(server, 'post', '/api/apps').send(body)).body;
    for (let minutesAgo = CHECKS; minutesAgo > 0; minutesAgo -= 1) {
      const metadata = { branch: `feature/${minutesAgo}`, git_commit_id: 'abc123', pull_request_id: '7' };
      const conclusion = minutesAgo % 3 === 0 ? 'failure' : 'success';
      check = await insertCheck({ query }, app, { minutesAgo: minutesAgo * 60, metadata, flows, conclusion });
    }
  }
  await db.end();
  return new Map([
    ['apps', '/'],
    ['app', '/apps/shop-1'],
    ['check', `/apps/shop-1/checks/${check}`],
    ['settings', '/apps/shop-1/settings'],
    ['organization', '/organization'],
  ]);
}

async function measureLoads(browser: TestBrowser, server: ServerProcess, path: string): Promise<Vitals> {
  const loads: Vitals[] = [];
  // The first load warms up the server and the browser.
  for (let run = 0; run <= RUNS; run += 1) {
    const phone = await browser.open({ server, cookie: server.cookie, width: 360 });
    const { cls: phoneCls } = await load(phone, path);
    const visit = await browser.open({ server, cookie: server.cookie });
    const scripts: Request[] = [];
    visit.page.on('requestfinished', (request) => {
      if (request.resourceType() === 'script') {
        scripts.push(request);
      }
    });
    const vitals = await load(visit, path);
    const sizes = await Promise.all(scripts.map((request) => request.sizes()));
    const scriptKb = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0) / 1024;
    await browser.closeVisits();
    if (run > 0) {
      loads.push({ ...vitals, phoneCls, scriptKb });
    }
  }
  const median = (read: (load: Vitals) => number) =>
    loads.map(read).toSorted((left, right) => left - right)[Math.floor(RUNS / 2)] ?? Number.NaN;
  return {
    fcpMs: median(({ fcpMs }) => fcpMs),
    lcpMs: median(({ lcpMs }) => lcpMs),
    cls: median(({ cls }) => cls),
    phoneCls: median(({ phoneCls }) => phoneCls),
    scriptKb: median(({ scriptKb }) => scriptKb),
  };
}

async function load({ page }: Visit, path: string): Promise<Omit<Vitals, 'phoneCls' | 'scriptKb'>> {
  await page.goto(path, { waitUntil: 'networkidle' });
  return page.evaluate<Omit<Vitals, 'phoneCls' | 'scriptKb'>>(READ_VITALS);
}

/** What each page sends and receives while nobody touches it, headers included. All pages are open at the same time. */
async function measureRest(
  browser: TestBrowser,
  server: ServerProcess,
  paths: ReadonlyMap<string, string>,
): Promise<Map<string, number>> {
  const measured = await Promise.all(
    [...paths].map(async ([name, path]): Promise<[string, number]> => {
      const visit = await browser.open({ server, cookie: server.cookie });
      await visit.page.goto(path, { waitUntil: 'networkidle' });
      return [name, (await countBytes(visit)) / 1024];
    }),
  );
  await browser.closeVisits();
  return new Map(measured);
}

async function countBytes({ page }: Visit): Promise<number> {
  await sleep(SETTLE_MS);
  const requests: Request[] = [];
  page.on('requestfinished', (request) => requests.push(request));
  await sleep(REST_MS);
  const sizes = await Promise.all(requests.map((request) => request.sizes()));
  return sizes
    .flatMap((size) => [
      size.requestHeadersSize,
      size.requestBodySize,
      size.responseHeadersSize,
      size.responseBodySize,
    ])
    .reduce((sum, bytes) => sum + bytes, 0);
}
