import { availableParallelism } from 'node:os';

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }],
  },
  globalSetup: '<rootDir>/test/helpers/server/global-setup.ts',
  globalTeardown: '<rootDir>/test/helpers/server/global-teardown.ts',
  modulePathIgnorePatterns: ['<rootDir>/action/dist', '<rootDir>/build'],
  testTimeout: 30_000,
  // The tests wait for other processes most of the time: with a worker a core, half of each core was idle.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
};
