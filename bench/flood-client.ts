import { parentPort, workerData } from 'node:worker_threads';
import { Client } from 'undici';
import { generateApiKey } from '../server/auth/keys/api-key.ts';
import { API_KEY_PREFIX } from '../server/auth/keys/api-key-form.ts';

/**
 * The load that a worker thread of `flood.ts` sends. Each connection sends its next request when the last one was
 * answered.
 */
export interface Load {
  readonly url: string;
  readonly path: string;
  readonly connections: number;
  readonly durationMs: number;
  /**
   * A key in force, or how keys are made up: `malformed` ones have a wrong checksum, `unknown` ones a right one and no
   * app.
   */
  readonly keys: { readonly inForce: string } | 'malformed' | 'unknown';
}

export type Statuses = Readonly<Record<number, number>>;

/** Keys to make up before the clock starts, so that the client is faster than the server. */
const MADE_UP = 20_000;

function createKeySource(keys: Load['keys']): () => string {
  if (typeof keys === 'object') {
    return () => keys.inForce;
  }
  const made = Array.from({ length: MADE_UP }, () =>
    keys === 'unknown'
      ? generateApiKey()
      : API_KEY_PREFIX + generateApiKey().slice(4).split('').reverse().join(''),
  );
  let next = 0;
  return () => {
    next = (next + 1) % made.length;
    return made[next] ?? '';
  };
}

async function send(load: Load): Promise<Statuses> {
  const takeKey = createKeySource(load.keys);
  const statuses: Record<number, number> = {};
  const end = performance.now() + load.durationMs;
  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      const client = new Client(load.url);
      while (performance.now() < end) {
        const { statusCode, body } = await client.request({
          method: 'POST',
          path: load.path,
          headers: { authorization: `Bearer ${takeKey()}`, 'content-type': 'application/json' },
          body: '{"branch":"main"}',
        });
        await body.dump();
        statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
      }
      await client.close();
    }),
  );
  return statuses;
}

parentPort?.postMessage(await send(workerData as Load));
