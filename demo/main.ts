import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { appSchema } from '../server/features/apps/schema.ts';
import { checkSchema } from '../server/features/checks/schema.ts';
import { type ActionRecord, runAction } from '../test/helpers/action/action-process.ts';
import { type FaultProxy, startFaultProxy } from '../test/helpers/network/fault-proxy.ts';
import { type ServerProcess, startServerProcess } from '../test/helpers/server/server-process.ts';
import { openShop, type Shop } from './shop.ts';
import { createLogView, showHeading, showStep, showSummary, showTable } from './terminal.ts';

const BROKEN_PAGE = '/products/teapot';

interface App {
  readonly id: string;
  readonly alias: string;
  readonly apiKey: string;
}

/** Shows the whole loop with the real parts: once with a working shop, once with a broken page. */
async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'qassandra-demo-'));
  const shop = await openShop();
  try {
    showHeading('A server, an app and its key');
    const server = await showStep('Start the server on an embedded PostgreSQL of its own', () =>
      startServerProcess({ env: { DATA_DIR: dataDir } }),
    );
    try {
      await showLoop(server, shop);
    } finally {
      await server.end('SIGTERM');
    }
  } finally {
    await shop.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function showLoop(server: ServerProcess, shop: Shop): Promise<void> {
  const app = await showStep(`Sign in, add the app ${shop.url} and generate its API key`, () =>
    addApp(server, shop),
  );
  // A proxy between the action and the server, which counts the requests.
  const wire = await startFaultProxy({ target: server.url });
  try {
    const green = await runWorkflow('The workflow step, with a sound shop', { wire, shop, app });
    shop.break(BROKEN_PAGE);
    const red = await runWorkflow(`The workflow step, after ${BROKEN_PAGE} broke`, { wire, shop, app });
    showHeading('Figures');
    showFigures({ 'sound shop': green, 'broken page': red });
    assertGate(green.record, red.record);
  } finally {
    await wire.stop();
  }
  console.log('\nThe step passed while the shop was sound, and failed when a page broke.');
  console.log('Next: npm start, open its sign-in link, and read README.md.');
}

/** Does what a person does in the dashboard, through the same API. */
async function addApp({ url, cookie }: ServerProcess, shop: Shop): Promise<App> {
  const post = async (path: string, body: object): Promise<unknown> => {
    const headers = { cookie, 'Sec-Fetch-Site': 'same-origin' };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.json();
  };
  const { id, alias } = appSchema.parse(await post('/api/apps', { name: 'Demo shop', url: shop.url }));
  const { api_key } = z.object({ api_key: z.string() }).parse(await post(`/api/apps/${alias}/api-key`, {}));
  return { id, alias, apiKey: api_key };
}

interface Workflow {
  readonly wire: FaultProxy;
  readonly shop: Shop;
  readonly app: App;
}

interface WorkflowRun {
  readonly record: ActionRecord;
  readonly seconds: number;
  readonly check: z.infer<typeof checkSchema>;
  readonly requestsToServer: number;
  readonly requestsToShop: number;
}

/** Runs the built action as a runner would, and reads the results. */
async function runWorkflow(title: string, { wire, shop, app }: Workflow): Promise<WorkflowRun> {
  showHeading(title);
  console.log(`  uses: qassandra  with: app-id: ${app.alias}, server-url: ${wire.url}, api-key: ***`);
  const [toServer, toShop, startedAt] = [wire.requests.length, shop.countRequests(), performance.now()];
  const record = await runAction({
    inputs: { 'api-key': app.apiKey, 'app-id': app.alias, 'server-url': wire.url },
    onOutput: createLogView(),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const requestsToServer = wire.requests.length - toServer;
  console.log(`  exit code ${record.exitCode}: the step ${record.exitCode === 0 ? 'passed' : 'failed'}\n`);
  await showSummary(record.summary);
  const answer = await fetch(`${wire.url}/api/apps/${app.alias}/checks/${record.outputs['check-id']}`, {
    headers: { Authorization: `Bearer ${app.apiKey}` },
  });
  const check = checkSchema.parse(await answer.json());
  return { record, seconds, check, requestsToServer, requestsToShop: shop.countRequests() - toShop };
}

function showFigures(runs: Readonly<Record<string, WorkflowRun>>): void {
  const all = Object.values(runs);
  const row = (title: string, show: (run: WorkflowRun) => string) => [title, ...all.map(show)];
  const between = (from: string, to: string | null) =>
    `${to === null ? '–' : Date.parse(to) - Date.parse(from)} ms`;
  showTable([
    ['', ...Object.keys(runs)],
    row('conclusion', ({ check }) => String(check.conclusion)),
    row('pages passed / failed', ({ check }) => `${check.counts.passed} / ${check.counts.failed}`),
    row('trigger to start of the check', ({ check }) => between(check.created_at, check.started_at)),
    row('trigger to end of the check', ({ check }) => between(check.created_at, check.finished_at)),
    row('whole step, process start to exit', ({ seconds }) => `${Math.round(seconds * 1000)} ms`),
    row('requests, action to server', ({ requestsToServer }) => String(requestsToServer)),
    row('requests, check to shop', ({ requestsToShop }) => String(requestsToShop)),
  ]);
}

/** Fails the demo unless the step passed for the working shop, and failed and named the page for the broken one. */
function assertGate(green: ActionRecord, red: ActionRecord): void {
  const namesThePage = red.errors.join('\n').includes(BROKEN_PAGE) && red.summary.includes(BROKEN_PAGE);
  if (green.exitCode !== 0 || red.exitCode !== 1 || !namesThePage) {
    throw new Error('The gate did not hold: see the steps above.');
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
