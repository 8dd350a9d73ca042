import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The answer of a path. A string is an HTML page with status 200; `until` delays the answer until it
 * resolves.
 */
export type SitePage =
  | string
  | {
      status?: number;
      headers?: Record<string, string>;
      body?: string;
      delayMs?: number;
      until?: Promise<void>;
    };

export interface Site {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** All requests so far, as `GET /path?query`, in the order of arrival. */
  readonly requests: string[];
  /** How many requests were open at the same time, at most. */
  mostAtOnce(): number;
  stop(): Promise<void>;
}

/** A small web site on a free loopback port. It answers 404 for paths that are not in `pages`. */
export async function startSite(pages: Record<string, SitePage>): Promise<Site> {
  const requests: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let open = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    const target = request.url ?? '/';
    requests.push(`${request.method} ${target}`);
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    response.once('close', () => {
      open -= 1;
    });
    const page = pages[target] ?? pages[target.replace(/\?.*$/, '')] ?? { status: 404, body: 'Not found' };
    const delayMs = typeof page === 'string' ? 0 : (page.delayMs ?? 0);
    const timer = setTimeout(() => {
      timers.delete(timer);
      const until = typeof page === 'string' ? undefined : page.until;
      void Promise.resolve(until).then(() => answer(response, page));
    }, delayMs);
    timers.add(timer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    mostAtOnce: () => mostAtOnce,
    async stop() {
      for (const timer of timers) {
        clearTimeout(timer);
      }
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(response: ServerResponse, page: SitePage): void {
  if (typeof page === 'string') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    return;
  }
  const { status = 200, headers = {}, body = '' } = page;
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
}
