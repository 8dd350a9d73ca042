import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';

describe('a server whose packages are replaced while it runs', () => {
  let folder: string;
  let database: TestDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qassandra-away-'));
    database = await createTestDatabase();
    const file = join(folder, 'away');
    server = await startServerProcess({
      env: { DATABASE_URL: database.connectionString, RUNNERS: '0', PACKAGES_AWAY: file },
      nodeOptions: ['--import', new URL('../../helpers/process/packages-away.ts', import.meta.url).href],
    });
    await writeFile(file, '');
  });
  afterAll(async () => {
    await server.end('SIGTERM');
    await database.drop();
    await rm(folder, { recursive: true });
  });

  test('still reads request bodies', async () => {
    const answer = await fetch(`${server.url}/api/apps`, {
      method: 'POST',
      headers: { cookie: server.cookie, 'Sec-Fetch-Site': 'same-origin' },
      body: JSON.stringify({ name: 'Shop', alias: 'shop' }),
    });
    expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ alias: 'shop' })]);
  });

  test('answers 500 and asks for a restart if it cannot load a package', async () => {
    const answer = await fetch(`${server.url}/api/openapi.json`);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({
      code: 'internal_error',
      detail: 'The files of the server changed while it was running. Its operator must restart it.',
    });
  });
});
