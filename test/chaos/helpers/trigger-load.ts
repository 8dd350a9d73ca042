import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestApp } from '../../helpers/server/server.ts';

export interface TriggerLoadOptions {
  /** The URLs to send to, read again for each attempt. */
  readonly urls: () => readonly string[];
  readonly app: TestApp;
  readonly clients: number;
  /** The pause between the triggers of a client. */
  readonly pauseMs: number;
  /** Text added to each body, to make it large. */
  readonly message?: string;
}

/** The results that the clients saw. */
export interface LoadRecord {
  /** The number of triggers, each counted once, however often it was sent. */
  tried: number;
  /** The ids of the checks that were answered `202`. */
  readonly acknowledged: string[];
  /** Triggers sent again with the same idempotency key after a broken connection or a 503. */
  retried: number;
  unavailable: number;
  slowestMs: number;
  /** Answers that no client should ever get. */
  readonly faults: string[];
}

export interface TriggerLoad {
  readonly record: LoadRecord;
  /** Sends `count` triggers at once, in addition to the clients'. */
  burst(count: number): void;
  /** Starts no more triggers and waits until each repeated one is acknowledged. */
  stop(): Promise<void>;
  /** Stops at once, also repeating triggers, when the test has failed. */
  abandon(): Promise<void>;
}

/** A request without an answer for this long hangs: the limit is far above any time-out of the server. */
const HANGS_AFTER_MS = 40_000;
const RETRY_MS = 250;

/**
 * Clients that trigger without pause. Three of four triggers have an idempotency key and are repeated until
 * they are acknowledged, as the action does. The fourth is sent once, and may be lost if it was not
 * acknowledged.
 */
export function startTriggerLoad(options: TriggerLoadOptions): TriggerLoad {
  const record: LoadRecord = {
    tried: 0,
    acknowledged: [],
    retried: 0,
    unavailable: 0,
    slowestMs: 0,
    faults: [],
  };
  const running = new Set<Promise<void>>();
  let isStopping = false;
  let isAbandoned = false;

  async function triggerOnce(): Promise<void> {
    record.tried += 1;
    const mark = randomUUID();
    const isRepeated = record.tried % 4 !== 0;
    for (let attempt = 0; ; attempt += 1) {
      const urls = options.urls();
      const checkId = await send(options, record, {
        url: urls[(record.tried + attempt) % urls.length] ?? '',
        mark,
        idempotencyKey: isRepeated ? mark : undefined,
      });
      if (checkId !== undefined) {
        record.acknowledged.push(checkId);
        return;
      }
      if (!isRepeated || isAbandoned) {
        return;
      }
      record.retried += 1;
      await sleep(RETRY_MS);
    }
  }

  function track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        record.faults.push(String(error));
      })
      .finally(() => running.delete(tracked));
    running.add(tracked);
  }

  async function keepTriggering(): Promise<void> {
    while (!isStopping) {
      await triggerOnce();
      await sleep(options.pauseMs);
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    await Promise.all(running);
  }

  for (let client = 0; client < options.clients; client += 1) {
    track(keepTriggering());
  }
  return {
    record,
    burst(count) {
      for (let index = 0; index < count; index += 1) {
        track(triggerOnce());
      }
    },
    stop,
    async abandon() {
      isAbandoned = true;
      await stop();
    },
  };
}

interface Attempt {
  readonly url: string;
  readonly mark: string;
  readonly idempotencyKey: string | undefined;
}

/** Returns the check's id when the trigger was acknowledged. */
async function send(
  { app, message }: TriggerLoadOptions,
  record: LoadRecord,
  { url, mark, idempotencyKey }: Attempt,
): Promise<string | undefined> {
  const sentAt = performance.now();
  const signal = AbortSignal.timeout(HANGS_AFTER_MS);
  try {
    const answer = await fetch(`${url}/api/apps/${app.alias}/trigger`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${app.apiKey}`,
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify({ git_commit_id: mark, git_commit_message: message }),
      signal,
    });
    const body: unknown = await answer.json();
    record.slowestMs = Math.max(record.slowestMs, Math.round(performance.now() - sentAt));
    if (answer.status === 202) {
      return readCheckId(body);
    }
    if (answer.status !== 503 || !/^\d+$/.test(answer.headers.get('retry-after') ?? '')) {
      record.faults.push(`${answer.status} ${JSON.stringify(body)}`);
    }
    record.unavailable += 1;
  } catch {
    // Refused or cut, as by a killed server: the trigger may have been stored or not.
    if (signal.aborted) {
      record.faults.push(`no answer within ${HANGS_AFTER_MS} ms`);
    }
  }
  return undefined;
}

function readCheckId(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'check_id' in body && typeof body.check_id === 'string') {
    return body.check_id;
  }
  throw new Error(`A trigger was answered 202 without a check_id: ${JSON.stringify(body)}`);
}
