import { expect } from '@jest/globals';
import { type FaultProxy, type FaultRule, startFaultProxy } from '../network/fault-proxy.ts';
import { type Site, type SitePage, startSite } from '../network/site.ts';
import { startTestServer, type TestServer } from '../server/server.ts';
import { type GitHub, type GitHubOptions, startGitHub } from '../stand-ins/github.ts';
import { type ActionOptions, type ActionProcess, type ActionRecord, startAction } from './action-process.ts';

export interface ScenarioOptions {
  /** The app under test; by default one working page. */
  readonly pages?: Record<string, SitePage>;
  /** The faults between the action and the server. */
  readonly rules?: FaultRule[];
  /** Whether the app has no URL of its own. */
  readonly withoutUrl?: boolean;
}

/** An app with its site and key on the real server, and a proxy that records the action's requests. */
export interface Scenario {
  readonly app: { readonly id: string; readonly alias: string; readonly apiKey: string };
  readonly proxy: FaultProxy;
  readonly site: Site;
  start(options?: Partial<ActionOptions>): Promise<ActionProcess>;
  /** Runs the action to its end, and checks that its record contains no key. */
  run(options?: Partial<ActionOptions>): Promise<ActionRecord>;
  /** Lists the app's checks on the server. */
  checks(): Promise<Record<string, unknown>[]>;
}

export interface ScenarioHost {
  readonly server: TestServer;
  open(options?: ScenarioOptions): Promise<Scenario>;
  openGitHub(options?: GitHubOptions): Promise<GitHub>;
  /** Stops everything that was opened, except the server. */
  closeAll(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one real server for the scenarios of a file. */
export async function startScenarioHost(): Promise<ScenarioHost> {
  const server = await startTestServer({ env: { RUNNERS: '1' } });
  const opened: { stop(): Promise<void> }[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((part) => part.stop()));
  };
  return {
    server,
    open: (options = {}) => openScenario(server, options, opened),
    async openGitHub(options = {}) {
      const github = await startGitHub(options);
      opened.push(github);
      return github;
    },
    closeAll,
    async stop() {
      await closeAll();
      await server.stop();
    },
  };
}

async function openScenario(
  server: TestServer,
  {
    pages = { '/': '<h1>Shop</h1><a href="https://github.com/acme/shop">Source</a>' },
    rules = [],
    withoutUrl = false,
  }: ScenarioOptions,
  opened: { stop(): Promise<void> }[],
): Promise<Scenario> {
  const site = await startSite(pages);
  const proxy = await startFaultProxy({ target: server.url, rules });
  opened.push(site, proxy);
  const app = await server.createApp({ url: withoutUrl ? null : site.url });
  const start = ({ inputs = {}, ...options }: Partial<ActionOptions> = {}): Promise<ActionProcess> =>
    startAction({
      ...options,
      inputs: { 'api-key': app.apiKey, 'app-id': app.id, 'server-url': proxy.url, ...inputs },
    });
  return {
    app,
    proxy,
    site,
    start,
    async run(options) {
      const record = await (await start(options)).ended;
      expect(JSON.stringify(record)).not.toContain(app.apiKey);
      // Of the state, only this value is for the key.
      expect(JSON.stringify({ ...record.state, access: '' })).not.toContain(app.apiKey);
      expect(record.stderr).toBe('');
      return record;
    },
    async checks() {
      const { rows } = await server.query('select * from checks where app_id = $1 order by created_at', [
        app.id,
      ]);
      return rows;
    },
  };
}
