import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether each request has its own `Idempotency-Key`, as the action's requests have. */
  readonly isIdempotent?: boolean;
  /** The status that every answer must have; any other fails the benchmark. */
  readonly status: number;
}

export interface LoadResult {
  /** Answers per second. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Puts a load on `url` from `connections` clients, each of which sends its next request when the last one was answered.
 * Rejects if an answer has another status than `status`.
 */
export async function putLoad({
  url,
  connections,
  seconds,
  headers,
  body,
  isIdempotent = false,
  status,
}: Load): Promise<LoadResult> {
  const result = await autocannon({
    url,
    method: 'POST',
    connections,
    duration: seconds,
    headers: { ...headers },
    ...(body !== undefined && { body }),
    ...(isIdempotent && {
      requests: [
        {
          setupRequest: (request: autocannon.Request) => ({
            ...request,
            headers: { ...headers, 'idempotency-key': randomUUID() },
          }),
        },
      ],
    }),
  });
  const answered = Object.entries(result.statusCodeStats ?? {});
  const wrong = answered.filter(([code]) => Number(code) !== status);
  if (wrong.length > 0 || result.errors > 0 || answered.length === 0) {
    throw new Error(
      `${url} answered ${JSON.stringify(result.statusCodeStats)}, with ${result.errors} errors.`,
    );
  }
  return {
    rate: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}
