import { randomBytes } from 'node:crypto';
import { parseConfig } from '../../../server/config.ts';
import type { HttpLimits } from '../../../server/http/before-express/http-server.ts';
import { createLogger } from '../../../server/observe/logger.ts';
import { startServer } from '../../../server/server.ts';
import { findTestPort } from '../network/test-port.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestApp {
  readonly id: string;
  readonly alias: string;
  readonly apiKey: string;
}

/**
 * A real server in this process, on a free loopback port, with a database of its own. It runs no checks unless `env` sets
 * `RUNNERS`: most tests need no check to run, and a runner is a process that takes as long to start as the server.
 */
export interface TestServer {
  readonly url: string;
  /** The `Cookie` header of the local admin. */
  readonly cookie: string;
  readonly connectionString: string;
  createApp(overrides?: { name?: string; url?: string | null }): Promise<TestApp>;
  query: TestDatabase['query'];
  stop(): Promise<void>;
}

export interface TestServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A database shared with another server. By default each server has its own. */
  readonly database?: TestDatabase;
  readonly httpLimits?: Partial<HttpLimits>;
}

let names = 0;

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { env = {}, database, httpLimits } = options;
  const own = database ?? (await createTestDatabase());
  const port = await findTestPort();
  const config = parseConfig({
    PORT: String(port),
    LOG_LEVEL: 'silent',
    RUNNERS: '0',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    ...env,
  });
  const { connectionString } = own;
  // No test here sends a request to a server that is stopping; the tests of processes do.
  const server = await startServer({
    config,
    connectionString,
    encryptionKeys: config.encryptionKeys ?? [],
    logger: createLogger(config),
    drainMs: 0,
    lingerMs: 0,
    httpLimits,
  });
  const url = `http://127.0.0.1:${port}`;
  const link = await server.localIssuer?.createSignInLink();
  const cookie = link === undefined ? '' : await signIn(url, link);
  return {
    url,
    cookie,
    connectionString,
    query: own.query,
    async createApp({ name = `App ${++names}`, url: appUrl = null } = {}) {
      const headers = { cookie, origin: config.publicUrl };
      const app = await postJson<{ id: string; alias: string }>(`${url}/api/apps`, headers, {
        name,
        url: appUrl,
      });
      const key = await postJson<{ api_key: string }>(`${url}/api/apps/${app.id}/api-key`, headers, {});
      return { id: app.id, alias: app.alias, apiKey: key.api_key };
    },
    async stop() {
      await server.stop();
      if (!database) {
        await own.drop();
      }
    },
  };
}

/** Opens a sign-in link as a browser would and returns the resulting `Cookie` header. */
export async function signIn(serverUrl: string, link: string): Promise<string> {
  const { pathname, search } = new URL(link);
  const answer = await fetch(`${serverUrl}${pathname}${search}`, {
    redirect: 'manual',
    headers: { connection: 'close' },
  });
  return toCookieHeader(answer);
}

export function toCookieHeader(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

async function postJson<Body>(url: string, headers: Record<string, string>, body: unknown): Promise<Body> {
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status !== 201) {
    throw new Error(`POST ${url} answered ${answer.status}: ${await answer.text()}`);
  }
  return (await answer.json()) as Body;
}
