import { parseArgs } from 'node:util';
import { runJest } from '../helpers/jest/run-jest.ts';

/** `npm run fuzz`: runs the fuzzer alone, with the given number of requests, or repeats one failure. */
function main(): void {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '5000' },
      seed: { type: 'string' },
      path: { type: 'string' },
      show: { type: 'boolean', default: false },
    },
  });
  for (const name of ['requests', 'seed'] as const) {
    if (!/^\d{1,10}$/.test(values[name] ?? '0')) {
      throw new Error(`--${name} must be a whole number.`);
    }
  }
  process.exitCode = runJest(['test/fuzz/openapi'], {
    FUZZ_REQUESTS: values.requests,
    ...(values.seed !== undefined && { FUZZ_SEED: values.seed }),
    ...(values.path !== undefined && { FUZZ_PATH: values.path }),
    ...(values.show && { FUZZ_SHOW: '1' }),
  });
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
