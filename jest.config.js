import { availableParallelism } from 'node:os';

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }],
  },
  runtime: '<rootDir>/test/helpers/jest/shared-packages.js',
  testSequencer: '<rootDir>/test/helpers/jest/start-order.js',
  globalSetup: '<rootDir>/test/helpers/server/postgres/global-setup.ts',
  globalTeardown: '<rootDir>/test/helpers/server/postgres/global-teardown.ts',
  modulePathIgnorePatterns: ['<rootDir>/action/dist', '<rootDir>/build'],
  reporters: ['default', '<rootDir>/test/helpers/jest/show-progress.js'],
  testTimeout: 30_000,
  // Most files wait for other processes more than they compute: a worker a core leaves half of each core idle. Those
  // that wait are as many on any machine, so this is a sum and no product.
  maxWorkers: availableParallelism() + 2,
};
