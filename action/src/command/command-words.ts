import type { Words } from '../lib/words.ts';

/** The words for a command in a terminal, or in a job of any CI. The step's are in step/step-words.ts. */
export const COMMAND_WORDS: Words = {
  client: 'qassandra-cli',
  step: 'command',
  program: 'command',
  machine: 'machine',
  again: 'run it again',
  keySource: 'QASSANDRA_API_KEY',
  key: 'QASSANDRA_API_KEY',
  app: '`--app`',
  server: '`--server` (or QASSANDRA_SERVER_URL)',
  appUrl: '`--app-url`',
  timeout: '`--timeout-minutes`',
  failOn: '`--fail-on`',
  message: '`--commit-message`',
  title: '`--pull-request-title`',
  inputs: 'the options',
};
