import type { RunnerResult, RunOptions } from '../../../server/runner/contract.ts';
import { CheckError } from '../../../server/runner/contract.ts';
import { serveRunner } from '../../../server/runner/process/serve-runner.ts';

/**
 * The main file of a check's process that does what the path of the app's URL says. Its first result names its process
 * and the variables that it was given.
 */
serveRunner(() => ({
  async *run({ app }, options) {
    yield flow(
      JSON.stringify({ pid: process.pid, variables: Object.keys(process.env), arguments: process.argv }),
    );
    await BEHAVIOURS[new URL(app.url).pathname]?.(options);
  },
}));

const BEHAVIOURS: Readonly<Record<string, (options: RunOptions) => Promise<void>>> = {
  async '/hang'({ onReading }) {
    onReading?.('GET /costly');
    for (;;) {}
  },
  async '/hang-unnamed'() {
    for (;;) {}
  },
  async '/fill-heap'({ onReading }) {
    onReading?.('GET /large');
    const kept: string[][] = [];
    for (;;) {
      kept.push(Array.from({ length: 100_000 }, (_, index) => `${index}${Math.random()}`));
    }
  },
  async '/fill-buffers'({ onReading }) {
    onReading?.('GET /large');
    const kept: Buffer[] = [];
    for (;;) {
      kept.push(Buffer.alloc(16 * 1024 * 1024, 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
  async '/exit'({ onReading }) {
    onReading?.('GET /read-before');
    process.exit(0);
  },
  async '/throw'() {
    throw new Error('it broke');
  },
  async '/refuse'() {
    throw new CheckError('The app is unreachable.');
  },
  async '/wait'({ signal }) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    signal.throwIfAborted();
  },
};

function flow(name: string): RunnerResult {
  return { flow: { name, status: 'passed', duration_ms: 1, error: null, cause: null } };
}
