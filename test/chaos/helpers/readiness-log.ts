import { setTimeout as sleep } from 'node:timers/promises';

interface Sample {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly status: number;
}

/** What `/readyz` says all along, to be held to what is known of the database. */
export interface ReadinessLog {
  /** Statuses of the requests that lay between the two times (`performance.now()`) as a whole. */
  readWithin(from: number, to: number): number[];
  /** Resolves at the first `200` to a request sent from now on, with the time of its answer. */
  waitUntilReady(): Promise<number>;
  stop(): Promise<void>;
}

const EVERY_MS = 50;
/** Two, so that one that is held up does not leave a gap. */
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
