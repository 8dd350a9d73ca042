import type { Route } from 'playwright-core';
import type { Visit } from './browser.ts';

/** Requests of a page, by method and by what their address ends with. */
export interface RequestPattern {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: RegExp;
}

export interface FailedAnswer {
  readonly status: number;
  /** An answer of something between the page and the server, unless it is a problem of the server's (`toProblem`). */
  readonly body?: string;
  readonly contentType?: string;
}

/** The browser's own line for an answer that is an error, or that never came. */
const FAILED = /^console: Failed to load resource: /;

/** Answers some requests instead of the server; without `answer` the connection breaks. Returns what ends that. */
export async function failRequests(
  { context, allow }: Visit,
  { method = 'GET', path }: RequestPattern,
  answer?: FailedAnswer,
): Promise<() => Promise<void>> {
  allow(FAILED);
  const handle = (route: Route): Promise<void> => {
    if (route.request().method() !== method) {
      return route.fallback();
    }
    return answer ? route.fulfill(answer) : route.abort();
  };
  await context.route(path, handle);
  return () => context.unroute(path, handle);
}

/** Holds the answer to some requests back until the returned function is called. */
export async function holdRequests(
  { context }: Visit,
  { method = 'GET', path }: RequestPattern,
): Promise<() => void> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await context.route(path, async (route) => {
    if (route.request().method() === method) {
      await released;
    }
    await route.fallback();
  });
  return release;
}

/** A refusal in the form of the server's own. */
export function toProblem(status: number, title: string, detail: string): FailedAnswer {
  const body = JSON.stringify({ status, code: 'internal_error', title, detail, request_id: '0a1b' });
  return { status, body, contentType: 'application/problem+json' };
}
