import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../server/db/embedded/embedded-postgres.ts';
import { findFreePort } from '../../../server/db/embedded/free-port.ts';
import { createEmbeddedFolder, type EmbeddedFolder } from '../../chaos/helpers/embedded-folder.ts';

/** Its restart after a kill is tested in `test/chaos/kill-embedded.test.ts`. */
describe('the embedded PostgreSQL', () => {
  let folder: EmbeddedFolder;
  let embedded: EmbeddedPostgres;
  beforeEach(async () => {
    folder = await createEmbeddedFolder();
    embedded = await startEmbeddedPostgres(folder.dataDir);
  });
  afterEach(async () => {
    await embedded.stop();
    await folder.remove();
  });

  const stopByHand = async () => {
    process.kill(await folder.readPostmasterPid(), 'SIGINT');
    await waitUntilStopped();
  };

  const waitUntilStopped = async () => {
    while (await embedded.isRunning()) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  test('restarts on the same port', async () => {
    await stopByHand();
    await embedded.restart();
    expect((await folder.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await stopByHand();
    expect((await startEmbeddedPostgres(folder.dataDir)).connectionString).toBe(embedded.connectionString);
  });

  test('asks for a restart of the process when another program has taken its port', async () => {
    await stopByHand();
    const squatter = createServer();
    await new Promise<void>((resolve) =>
      squatter.listen(Number(new URL(embedded.connectionString).port), '127.0.0.1', resolve),
    );
    await expect(embedded.restart()).rejects.toThrow('another program has taken its port');
    squatter.close();
  });

  test('is not considered running while the process of a killed one still exists', async () => {
    await stopByHand();
    const dying = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1_000)']);
    const port = await findFreePort();
    // In PostgreSQL's own format when it is ready: process, folder, start, port, socket, address, memory,
    // state.
    const cluster = join(folder.dataDir, 'postgres');
    const lines = [dying.pid, cluster, '0', port, '', '127.0.0.1', '0', 'ready', ''];
    await writeFile(join(cluster, 'postmaster.pid'), lines.join('\n'));
    // Restarts on its earlier port, which the forged file does not name.
    await embedded.restart();
    expect(dying.exitCode).toBe(0);
    expect((await folder.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('can be stopped while it is already ending', async () => {
    process.kill(await folder.readPostmasterPid(), 'SIGKILL');
    await embedded.stop();
    await waitUntilStopped();
  });

  test('can be stopped twice', async () => {
    await embedded.stop();
    await embedded.stop();
    expect(await embedded.isRunning()).toBe(false);
  });
});
