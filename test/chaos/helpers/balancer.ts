import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A plain load balancer. It probes `/readyz`, sends to ready instances, and keeps connections open until it
 * is told to close them. It tries another instance when a connection is refused, and never repeats a request
 * that was sent.
 */
export interface Balancer {
  send(options: { method: string; path: string; headers: Record<string, string> }): Promise<Answer>;
  /** Resolves once the instance is found ready. */
  waitFor(url: string): Promise<void>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Longer than a stopping instance accepts new connections, because the server must not rely on fast probes.
 */
const PROBE_EVERY_MS = 1_000;

export function startBalancer(urls: readonly string[]): Balancer {
  const agents = new Map(urls.map((url) => [url, new Agent({ keepAlive: true })]));
  const ready = new Set<string>();
  let isStopping = false;
  let turn = 0;

  async function keepProbing(url: string): Promise<void> {
    while (!isStopping) {
      const isReady = await fetch(`${url}/readyz`, { headers: { connection: 'close' } }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) {
        ready.add(url);
      } else {
        ready.delete(url);
      }
      await sleep(PROBE_EVERY_MS);
    }
  }

  const probing = Promise.all(urls.map(keepProbing));
  return {
    async send(options) {
      const inTurn = [...ready];
      turn += 1;
      const first = turn;
      let refusal: unknown = new Error('No instance is ready.');
      for (let tries = 0; tries < inTurn.length; tries += 1) {
        const url = inTurn[(first + tries) % inTurn.length] ?? '';
        try {
          return await sendOnce(url, agents.get(url), options);
        } catch (error) {
          if (!isConnectError(error)) {
            throw error;
          }
          refusal = error;
        }
      }
      throw refusal;
    },
    async waitFor(url) {
      while (!ready.has(url)) {
        await sleep(PROBE_EVERY_MS);
      }
    },
    async stop() {
      isStopping = true;
      await probing;
      for (const agent of agents.values()) {
        agent.destroy();
      }
    },
  };
}

function sendOnce(
  url: string,
  agent: Agent | undefined,
  { method, path, headers }: { method: string; path: string; headers: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers, agent }, (answer) => {
      readText(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    sent.once('error', reject);
    sent.end();
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    body += chunk;
  }
  return body;
}

/**
 * Refused, or reset before the connection was made: nothing has been sent, so another instance can be tried.
 */
function isConnectError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error && error.syscall === 'connect';
}
