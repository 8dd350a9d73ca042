import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

/**
 * The answer of a path. A string is the body of a 200; its type is that of the path's extension, else HTML. `until` delays the answer until it
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
      void Promise.resolve(until).then(() => answer(response, target, page));
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

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

function answer(response: ServerResponse, target: string, page: SitePage): void {
  const type = TYPES[extname(target.replace(/\?.*$/, ''))] ?? 'text/html; charset=utf-8';
  const { status = 200, headers = {}, body = '' } = typeof page === 'string' ? { body: page } : page;
  response.writeHead(status, { 'content-type': type, ...headers }).end(body);
}
