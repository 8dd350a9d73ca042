import type { Words } from '../lib/words.ts';

/** The words for a step of a workflow. The command's are in command/command-words.ts. */
export const STEP_WORDS: Words = {
  client: 'qassandra-action',
  step: 'step',
  program: 'action',
  machine: 'runner',
  again: 'run the job again',
  keySource: 'the secret that `api-key` reads',
  key: '`api-key`',
  app: '`app-id`',
  server: '`server-url`',
  appUrl: 'the input `app-url`, or the `environment_url` of the deployment',
  timeout: '`timeout-minutes`',
  failOn: '`fail-on`',
  message: '`commit-message`',
  title: '`pull-request-title`',
  inputs: 'the inputs of the step',
};
