import { availableParallelism } from 'node:os';

/** Minutes of kills and outages that `npm run chaos` has, and `npm test` has not: a workflow runs them every night. */
const CHAOS_ALONE = ['database-outages', 'disk-full', 'kill-embedded', 'kill-runners', 'rolling-restart'];
const isChaos = process.env.CHAOS !== undefined;

export default {
  testEnvironment: 'node',
  // Each file imports what it uses.
  injectGlobals: false,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }],
  },
  runtime: '<rootDir>/test/helpers/jest/shared-packages.js',
  testSequencer: '<rootDir>/test/helpers/jest/start-order.js',
  globalSetup: '<rootDir>/test/helpers/server/postgres/global-setup.ts',
  globalTeardown: '<rootDir>/test/helpers/server/postgres/global-teardown.ts',
  testPathIgnorePatterns: isChaos ? [] : CHAOS_ALONE.map((name) => `<rootDir>/test/chaos/${name}`),
  modulePathIgnorePatterns: ['<rootDir>/action/dist', '<rootDir>/build'],
  reporters: ['default', '<rootDir>/test/helpers/jest/show-progress.js'],
  testTimeout: 30_000,
  // Most files wait for other processes more than they compute: a worker a core leaves half of each core idle. Those
  // that wait are as many on any machine, so this is a sum and no product.
  maxWorkers: availableParallelism() + 2,
};
