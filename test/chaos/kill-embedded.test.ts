import { afterEach, beforeEach, describe, test } from '@jest/globals';
import { createEmbeddedFolder, type EmbeddedFolder } from './helpers/embedded-folder.ts';
import { runKillRounds } from './helpers/kill-rounds.ts';
import { HOOK_TIMEOUT_MS, pick } from './helpers/scale.ts';

describe('kill -9 on the embedded PostgreSQL', () => {
  let folder: EmbeddedFolder;
  beforeEach(async () => {
    folder = await createEmbeddedFolder();
  }, HOOK_TIMEOUT_MS);
  afterEach(() => folder.remove());

  test('keeps every acknowledged trigger and ends it exactly once, also when PostgreSQL is killed', async () => {
    await runKillRounds({
      scenario: 'kill -9, embedded PostgreSQL',
      rounds: pick({ full: 20, short: 2 }),
      env: { DATA_DIR: folder.dataDir },
      victims: ['all', 'postmaster', 'both', 'server', 'worker'],
      query: folder.query,
      killPostmaster: async () => {
        process.kill(await folder.readPostmasterPid(), 'SIGKILL');
      },
    });
  }, 600_000);
});
