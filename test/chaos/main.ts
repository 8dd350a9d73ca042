import { parseArgs } from 'node:util';
import { runJest } from '../helpers/jest/run-jest.ts';

/**
 * `npm run chaos`: runs the scenarios in full numbers, one file after the other: all, or those whose path has one of the
 * arguments in it. `--seed` repeats the choices of an earlier run.
 */
function main(): void {
  const { values, positionals } = parseArgs({
    options: { seed: { type: 'string' } },
    allowPositionals: true,
  });
  if (!/^\d{1,15}$/.test(values.seed ?? '0')) {
    throw new Error('--seed must be a whole number.');
  }
  const files = positionals.length === 0 ? [''] : positionals;
  process.exitCode = runJest(['--runInBand', ...files.map((file) => `test/chaos/.*${file}`)], {
    CHAOS: 'full',
    ...(values.seed !== undefined && { CHAOS_SEED: values.seed }),
  });
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
