import { setTimeout as sleep } from 'node:timers/promises';

interface Sample {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly status: number;
}

/** Records the answers of `/readyz` all the time, to compare them with the state of the database. */
export interface ReadinessLog {
  /** Statuses of the requests that were sent and answered between the two times (`performance.now()`). */
  readWithin(from: number, to: number): number[];
  /** Resolves with the answer's time at the first `200` to a request that is sent from now on. */
  waitUntilReady(): Promise<number>;
  stop(): Promise<void>;
}

const EVERY_MS = 50;
/** Two, so that a delayed request does not leave a gap. */
const SAMPLERS = 2;

export function startReadinessLog(url: string): ReadinessLog {
  const samples: Sample[] = [];
  let isStopping = false;

  async function keepAsking(): Promise<void> {
    while (!isStopping) {
      const sentAt = performance.now();
      const status = await fetch(`${url}/readyz`).then(
        (answer) => answer.status,
        () => 0,
      );
      samples.push({ sentAt, answeredAt: performance.now(), status });
      await sleep(EVERY_MS);
    }
  }

  const asking = Promise.all(Array.from({ length: SAMPLERS }, keepAsking));
  return {
    readWithin: (from, to) =>
      samples
        .filter(({ sentAt, answeredAt }) => sentAt >= from && answeredAt <= to)
        .map(({ status }) => status),
    async waitUntilReady() {
      const from = performance.now();
      for (;;) {
        const ready = samples.find(({ sentAt, status }) => sentAt >= from && status === 200);
        if (ready) {
          return ready.answeredAt;
        }
        await sleep(EVERY_MS);
      }
    },
    async stop() {
      isStopping = true;
      await asking;
    },
  };
}
