import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { version } from '../../../server/version.ts';
import { runToItsEnd } from '../../helpers/process/run-to-its-end.ts';
import { startTestServer } from '../../helpers/server/server.ts';
import { startServerProcess } from '../../helpers/server/server-process.ts';

describe('a server process that starts', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qassandra-start-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('prints its version with --version and starts nothing, whatever the settings are', async () => {
    const { code, output } = await runToItsEnd({
      args: ['--version'],
      env: { PORT: 'http', DATA_DIR: join(folder, 'none') },
    });
    expect({ code, output }).toEqual({ code: 0, output: `${version}\n` });
    expect(await readdir(folder)).not.toContain('none');
  });

  test('reports all invalid settings at once without their values, and exits with 1', async () => {
    const { code, output } = await runToItsEnd({
      env: { PORT: 'http', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://u:secret@h/' },
    });
    expect(code).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL']) {
      expect(output).toContain(name);
    }
    expect(output).not.toContain('secret');
    expect(output).not.toContain('    at ');
  });

  test('explains that its port is in use, stops the embedded database, and exits with 1', async () => {
    const server = await startTestServer();
    const dataDir = join(folder, 'data');
    const { code, output } = await runToItsEnd({
      env: { PORT: new URL(server.url).port, DATA_DIR: dataDir },
    });
    expect(code).toBe(1);
    expect(output).toContain('PORT');
    await server.stop();
    const again = await startServerProcess({ env: { DATA_DIR: dataDir } });
    expect(again.output()).toContain(`embedded PostgreSQL in ${dataDir}`);
    expect(await again.end('SIGTERM')).toBe(0);
  }, 60_000);
});
