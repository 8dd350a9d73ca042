import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { version } from '../../../server/version.ts';
import { findTestPort } from '../../helpers/network/test-port.ts';
import { createTestDatabase } from '../../helpers/server/database.ts';
import { startTestServer } from '../../helpers/server/server.ts';
import { startServerProcess } from '../../helpers/server/server-process.ts';

describe('a server process that starts', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qassandra-start-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function runToItsEnd(env: Record<string, string>, ...args: string[]) {
    const main = new URL('../../../server/main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [main, ...args], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [[code], printed, complained] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code, output: printed + complained };
  }

  test('prints its version with --version and starts nothing, whatever the settings are', async () => {
    const { code, output } = await runToItsEnd({ PORT: 'http', DATA_DIR: join(folder, 'none') }, '--version');
    expect({ code, output }).toEqual({ code: 0, output: `${version}\n` });
    expect(await readdir(folder)).not.toContain('none');
  });

  test('reports all invalid settings at once without their values, and exits with 1', async () => {
    const { code, output } = await runToItsEnd({
      PORT: 'http',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://u:secret@h/',
    });
    expect(code).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL']) {
      expect(output).toContain(name);
    }
    expect(output).not.toContain('secret');
    expect(output).not.toContain('    at ');
  });

  test('explains that its data folder cannot be made, and exits with 1', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const { code, output } = await runToItsEnd({ DATA_DIR: join(file, 'data') });
    expect(code).toBe(1);
    expect(output).toContain('DATA_DIR');
    expect(output).not.toContain('    at ');
  });

  test('explains that its database cannot be reached, without the password, and exits with 1', async () => {
    const port = await findTestPort();
    const { code, output } = await runToItsEnd({
      DATABASE_URL: `postgres://u:secret@127.0.0.1:${port}/x`,
    });
    expect(code).toBe(1);
    expect(output).toContain('DATABASE_URL');
    expect(output).not.toContain('secret');
    expect(output).not.toContain('    at ');
  });

  test('explains that its port is in use, stops the embedded database, and exits with 1', async () => {
    const server = await startTestServer();
    const dataDir = join(folder, 'data');
    const { code, output } = await runToItsEnd({ PORT: new URL(server.url).port, DATA_DIR: dataDir });
    expect(code).toBe(1);
    expect(output).toContain('PORT');
    await server.stop();
    const again = await startServerProcess({ env: { DATA_DIR: dataDir } });
    expect(again.output()).toContain(`embedded PostgreSQL in ${dataDir}`);
    expect(await again.end('SIGTERM')).toBe(0);
  }, 60_000);

  test('names the setting when the port of the metrics is in use, and exits with 1', async () => {
    const database = await createTestDatabase();
    const server = await startTestServer();
    const { code, output } = await runToItsEnd({
      PORT: String(await findTestPort()),
      METRICS_PORT: new URL(server.url).port,
      DATABASE_URL: database.connectionString,
    });
    expect(code).toBe(1);
    expect(output).toContain(`The port ${new URL(server.url).port} is in use`);
    expect(output).toContain('METRICS_PORT');
    await server.stop();
    await database.drop();
  });
});
